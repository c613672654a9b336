package dev.forebay.lab.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.lab.bench.proxy.Programs;
import org.junit.jupiter.api.Test;

final class NginxRunTest {
  @Test
  void nginxDecidesAndHoldsAsForebayDoes() throws Exception {
    assumeTrue(Programs.find("nginx").isPresent(), "skipped: nginx is not installed");

    var result = new NginxRun(24, 24, 1, 7).run();

    assertThat(result.differ()).as(result.toString()).isZero();
    assertThat(result.held()).isPositive();
  }
}
