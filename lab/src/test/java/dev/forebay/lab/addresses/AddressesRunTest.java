package dev.forebay.lab.addresses;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AddressesRunTest {
  @Test
  void manyAddressesAreEachLimitedInAFixedAmountOfMemory() throws Exception {
    var result = new AddressesRun(20_000, 0).run();

    assertThat(result.passed()).isEqualTo(20_000);
    assertThat(result.known()).as("all are known again").isEqualTo(result.asked());
    assertThat(result.after() - result.before()).isLessThan(64L << 20);
    assertThat(result.passedBar()).isTrue();
  }
}
