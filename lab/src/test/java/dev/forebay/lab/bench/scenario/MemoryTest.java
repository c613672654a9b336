package dev.forebay.lab.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemoryTest {
  @Test
  void residentPagesAreTakenFromTheStatus() {
    assertThat(Memory.parseStatus("VmHWM:\t  999 kB\nVmRSS:\t    1234 kB\nRssAnon:\t 7 kB\n"))
        .isEqualTo(1_234 << 10);
  }

  @Test
  void bothGenerationsOfTheSerialCollectorAreUsedButNotTheMetaspace() {
    String info =
        """
        4711:
         DefNew     total 9792K, used 1021K [0x1, 0x2, 0x3)
          eden space 8704K,   8% used [0x1, 0x2, 0x3)
         Tenured    total 21888K, used 3054K [0x1, 0x2, 0x3)
         Metaspace  used 19345K, committed 19776K, reserved 1114112K
          class space    used 2162K, committed 2368K, reserved 1048576K
        """;

    assertThat(Memory.parseHeap(info)).isEqualTo((1_021 + 3_054) << 10);
  }

  @Test
  void theHeapOfG1IsOneLine() {
    String info =
        """
        4711:
         garbage-first heap   total reserved 6291456K, committed 401408K, used 15873K [0x1, 0x2)
          region size 4096K, 2 young (8192K), 0 survivors (0K)
         Metaspace       used 15098K, committed 15360K, reserved 1114112K
        """;

    assertThat(Memory.parseHeap(info)).isEqualTo(15_873 << 10);
  }

  @Test
  void whatBuffersTookIsToldAsOther() {
    String summary =
        """
        Total: reserved=7850711KB, committed=602347KB
        -                 Java Heap (reserved=6291456KB, committed=395264KB)
        -                     Other (reserved=4114KB, committed=4108KB)
                                    (malloc=4114KB #18) (at peak)
        """;

    assertThat(Memory.parseNative(summary)).isEqualTo(4_108 << 10);
  }

  @Test
  void whatCannotBeReadIsAnError() {
    assertThatThrownBy(() -> Memory.parseNative("Native memory tracking is not enabled"))
        .hasMessageContaining("not enabled");
  }
}
