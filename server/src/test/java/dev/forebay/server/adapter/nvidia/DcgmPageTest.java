package dev.forebay.server.adapter.nvidia;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.gpu.Tripwire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DcgmPageTest {
  private static final long MIB = 1L << 20;

  @Test
  void aBoardHasOneRowAndItsTotalIsASum() {
    Gpu gpu =
        read("""
        DCGM_FI_DEV_FB_FREE{gpu="0",UUID="GPU-1",modelName="NVIDIA L40S"} 1000
        DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-1",modelName="NVIDIA L40S"} 200
        DCGM_FI_DEV_FB_RESERVED{gpu="0",UUID="GPU-1",modelName="NVIDIA L40S"} 30
        DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-1",modelName="NVIDIA L40S"} 45
        DCGM_FI_DEV_XID_ERRORS{gpu="0",UUID="GPU-1"} 79
        DCGM_FI_DEV_ROW_REMAP_FAILURE{gpu="0",UUID="GPU-1"} 0
        """)
            .getFirst();
    assertThat(gpu.uuid()).isEqualTo("GPU-1");
    assertThat(gpu.name()).isEqualTo("NVIDIA L40S");
    assertThat(gpu.mig()).isFalse();
    assertThat(gpu.reading().totalBytes()).hasValue(1230 * MIB);
    assertThat(gpu.reading().utilisation()).hasValue(0.45);
    assertThat(Tripwire.of(gpu.reading(), true)).contains(Tripwire.XID);
  }

  @Test
  void instancesOfOneBoardAreToldApart() {
    Gpu gpu =
        read("""
        DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-1",GPU_I_PROFILE="2g.20gb",GPU_I_ID="3"} 10
        DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-1",GPU_I_PROFILE="3g.40gb",GPU_I_ID="5"} 77
        DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-1",GPU_I_PROFILE="2g.20gb",GPU_I_ID="3"} 90
        DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="0",GPU_I_PROFILE="3g.40gb",GPU_I_ID="5"} 0.5
        """)
            .getFirst();
    assertThat(gpu.mig()).isTrue();
    assertThat(gpu.reading().usedBytes()).isEmpty();
    assertThat(gpu.instances())
        .extracting(MigInstance::profile)
        .containsExactly("2g.20gb", "3g.40gb");
    assertThat(gpu.instances().getFirst().reading().usedBytes()).hasValue(10 * MIB);
    assertThat(gpu.instances().getFirst().reading().utilisation()).isEmpty();
    assertThat(gpu.instances().get(1).reading().usedBytes()).hasValue(77 * MIB);
    assertThat(gpu.instances().get(1).reading().utilisation()).hasValue(0.5);
    // without what is free there is no total
    assertThat(gpu.instances().getFirst().reading().totalBytes()).isEmpty();
  }

  @Test
  void aValueThatIsNoNumberIsUnknown() {
    Gpu gpu =
        read("""
        DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-1"} 5
        DCGM_FI_DEV_FB_FREE{gpu="0",UUID="GPU-1"} ERROR - FAILED TO CONVERT TO STRING
        """)
            .getFirst();
    assertThat(gpu.reading().usedBytes()).hasValue(5 * MIB);
    assertThat(gpu.reading().freeBytes()).isEmpty();
  }

  @Test
  void readsRecordedPages() throws IOException {
    String data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "FOREBAY_DATA is not set: no recorded page is read");
    List<Gpu> cut =
        DcgmPage.read(Files.readAllBytes(Path.of(data, "gpu", "dcgm_exporter_a800_mig.prom")));
    assertThat(cut).hasSize(2);
    assertThat(cut.getFirst().instances()).hasSize(3);
    assertThat(cut.getFirst().instances().get(2).reading().usedBytes()).hasValue(10 * MIB);
    assertThat(cut.get(1).mig()).isFalse();
    Gpu whole =
        DcgmPage.read(Files.readAllBytes(Path.of(data, "gpu", "dcgm_exporter_l40s.prom")))
            .getFirst();
    assertThat(whole.reading().totalBytes()).hasValue((45_459 + 608) * MIB);
  }

  private static List<Gpu> read(String page) {
    return DcgmPage.read(page.getBytes(UTF_8));
  }
}
