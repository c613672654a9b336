package dev.forebay.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineTest {
  @Test
  void theLimitThatBindsIsTheFirst() {
    String limits =
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             94000                94000                processes
        Max open files            20000                524288               files
        """;

    assertThat(Machine.parseLimits(limits)).isEqualTo(20_000);
  }

  @Test
  void noLimitIsAMillion() {
    assertThat(Machine.parseLimits("Max open files            unlimited   unlimited   files\n"))
        .isEqualTo(1_000_000);
  }
}
