package dev.forebay.server.adapter.nvidia;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.fleet.Replica;
import dev.forebay.gpu.DeviceReading;
import dev.forebay.gpu.Rooms;
import dev.forebay.gpu.Tripwire;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmiTest {
  private static final long MIB = 1L << 20;
  private static final String HEAD =
      """
      <?xml version="1.0" ?>
      <!DOCTYPE nvidia_smi_log SYSTEM "http://127.0.0.1:1/nvsmi_device_v12.dtd">
      """;

  /// A board under MIG, of which neither its own use nor UUIDs of devices are told, and one that is
  /// not cut.
  private static final String LOG =
      HEAD
          + """
          <nvidia_smi_log>
            <driver_version>575.57.08</driver_version>
            <gpu id="00000000:53:00.0">
              <product_name>NVIDIA H100 80GB HBM3</product_name>
              <uuid>GPU-11111111-2222-3333-4444-555555555555</uuid>
              <mig_mode><current_mig>Enabled</current_mig><pending_mig>Enabled</pending_mig></mig_mode>
              <mig_devices>
                <mig_device>
                  <index>0</index>
                  <gpu_instance_id>1</gpu_instance_id>
                  <compute_instance_id>0</compute_instance_id>
                  <fb_memory_usage>
                    <total>40448 MiB</total><reserved>0 MiB</reserved>
                    <used>298 MiB</used><free>40151 MiB</free>
                  </fb_memory_usage>
                  <bar1_memory_usage>
                    <total>65535 MiB</total><used>0 MiB</used><free>65535 MiB</free>
                  </bar1_memory_usage>
                </mig_device>
                <mig_device>
                  <index>1</index>
                  <gpu_instance_id>2</gpu_instance_id>
                  <fb_memory_usage>
                    <total>40448 MiB</total><used>N/A</used><free>40000 MiB</free>
                  </fb_memory_usage>
                </mig_device>
              </mig_devices>
              <fb_memory_usage>
                <total>81559 MiB</total><used>N/A</used><free>N/A</free>
              </fb_memory_usage>
              <cc_protected_memory_usage>
                <total>1 MiB</total><used>1 MiB</used><free>0 MiB</free>
              </cc_protected_memory_usage>
              <utilization><gpu_util>N/A</gpu_util></utilization>
              <remapped_rows><remapped_row_failure>No</remapped_row_failure></remapped_rows>
            </gpu>
            <gpu id="00000000:64:00.0">
              <product_name>NVIDIA L40S</product_name>
              <uuid>GPU-99999999-2222-3333-4444-555555555555</uuid>
              <mig_mode><current_mig>N/A</current_mig></mig_mode>
              <mig_devices>
                None
              </mig_devices>
              <fb_memory_usage>
                <total>46068 MiB</total><reserved>608 MiB</reserved>
                <used>42382 MiB</used><free>3078 MiB</free>
              </fb_memory_usage>
              <utilization><gpu_util>7 %</gpu_util></utilization>
              <remapped_rows><remapped_row_failure>Yes</remapped_row_failure></remapped_rows>
            </gpu>
          </nvidia_smi_log>
          """;

  private static final String LIST =
      """
      GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-11111111-2222-3333-4444-555555555555)
        MIG 3g.40gb     Device  0: (UUID: MIG-aaaaaaaa-1111-2222-3333-444444444444)
        MIG 3g.40gb     Device  1: (UUID: MIG-bbbbbbbb-1111-2222-3333-444444444444)
      GPU 1: NVIDIA L40S (UUID: GPU-99999999-2222-3333-4444-555555555555)
      """;

  @Test
  void readsBoardsAndTheirSlicesFromXml() {
    List<Gpu> gpus = SmiXml.read(LOG.getBytes(UTF_8));
    assertThat(gpus).hasSize(2);
    Gpu cut = gpus.getFirst();
    assertThat(cut.mig()).isTrue();
    assertThat(cut.reading().totalBytes()).hasValue(81_559 * MIB);
    assertThat(cut.reading().usedBytes()).isEmpty();
    assertThat(cut.reading().utilisation()).isEmpty();
    assertThat(cut.reading().remapFailures()).hasValue(0);
    DeviceReading slice = cut.instances().getFirst().reading();
    assertThat(slice.totalBytes()).hasValue(40_448 * MIB);
    assertThat(slice.usedBytes()).hasValue(298 * MIB);
    assertThat(slice.freeBytes()).hasValue(40_151 * MIB);
    assertThat(slice.utilisation()).isEmpty();
    assertThat(cut.instances().get(1).gpuInstance()).isEqualTo(2);
    assertThat(cut.instances().get(1).reading().usedBytes()).isEmpty();
    Gpu whole = gpus.get(1);
    assertThat(whole.mig()).isFalse();
    assertThat(whole.instances()).isEmpty();
    assertThat(whole.reading().utilisation()).hasValue(0.07);
    assertThat(whole.reading().remapFailures()).hasValue(1);
  }

  @Test
  void neitherADtdNorAnEntityIsRead() {
    String outside =
        LOG.replace(
                HEAD, "<!DOCTYPE nvidia_smi_log [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>\n")
            .replace("NVIDIA L40S", "&x;");
    assertThatThrownBy(() -> SmiXml.read(outside.getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "NVIDIA-SMI has failed", "<nvidia_smi_log/>", "<nvidia_smi_log><gpu>", "<a>"})
  void whatIsNoSuchDocumentIsRefused(String text) {
    assertThatThrownBy(() -> SmiXml.read(text.getBytes(UTF_8)))
        .hasMessage("it is not what nvidia-smi -q -x prints");
  }

  @Test
  void theListNamesWhatTheXmlLacks() {
    Inventory inventory = Inventory.of(SmiXml.read(LOG.getBytes(UTF_8)), SmiText.list(LIST));
    MigInstance second = inventory.gpus().getFirst().instances().get(1);
    assertThat(second.uuid()).isEqualTo("MIG-bbbbbbbb-1111-2222-3333-444444444444");
    assertThat(second.profile()).isEqualTo("3g.40gb");
    DeviceReading slice = second.reading().withErrorsOf(inventory.gpus().getFirst().reading());
    assertThat(slice.remapFailures()).as("its board's").hasValue(0);
    assertThat(inventory.reading(second.uuid())).contains(slice);
    assertThat(inventory.reading("0:1")).contains(slice);
    assertThat(inventory.reading("1").orElseThrow().usedBytes()).hasValue(42_382 * MIB);
    assertThat(inventory.reading("GPU-99999999-2222-3333-4444-555555555555")).isPresent();
    assertThat(inventory.reading("MIG-none")).isEmpty();
  }

  @Test
  void readsTheTablesOfInstancesProfilesAndPlacements() {
    assertThat(
            SmiText.instances(
                """
                +-------------------------------------------------------+
                | GPU instances:                                        |
                | GPU   Name             Profile  Instance   Placement  |
                |                          ID       ID       Start:Size |
                |=======================================================|
                |   0  MIG 1g.10gb         19       13          6:1     |
                +-------------------------------------------------------+
                |   0  MIG 3g.40gb          9        2          0:4     |
                +-------------------------------------------------------+
                """))
        .containsExactly(
            new SmiText.Instance(0, "1g.10gb", 19, 13, 6, 1),
            new SmiText.Instance(0, "3g.40gb", 9, 2, 0, 4));
    assertThat(
            SmiText.profiles(
                """
                | GPU   Name             ID    Instances   Memory     P2P    SM    DEC   ENC  |
                |                              Free/Total   GiB              CE    JPEG  OFA  |
                |=============================================================================|
                |   0  MIG 1g.10gb       19     7/7        9.75       No     16     1     0   |
                |                                                             1     1     0   |
                |   0  MIG 1g.10gb+me    20     1/1        9.75       No     16     1     0   |
                """))
        .containsExactly(
            new SmiText.Profile(0, "1g.10gb", 19, 7, 7, 9.75, 16),
            new SmiText.Profile(0, "1g.10gb+me", 20, 1, 1, 9.75, 16));
    assertThat(
            SmiText.placements(
                """
                GPU  0 Profile ID 14 Placements: {0,2,4}:2
                GPU  0 Profile ID  0 Placement : {0}:8
                """))
        .containsExactly(
            new SmiText.Placements(0, 14, List.of(0, 2, 4), 2),
            new SmiText.Placements(0, 0, List.of(0), 8));
    assertThat(SmiText.instances("No MIG-enabled devices found.")).isEmpty();
  }

  @Test
  void readsTheCsvQuery() {
    List<Gpu> gpus =
        SmiText.csv(
            """
            0, GPU-1, NVIDIA H100 80GB HBM3, Disabled, 81559, 0, 81080, 0
            1, GPU-2, Tesla T4, [N/A], 15360, [N/A], [Not Supported], [N/A]
            No devices were found
            """);
    assertThat(gpus).hasSize(2);
    assertThat(gpus.getFirst().reading().freeBytes()).hasValue(81_080 * MIB);
    assertThat(gpus.getFirst().reading().utilisation()).hasValue(0);
    assertThat(gpus.get(1).reading().totalBytes()).hasValue(15_360 * MIB);
    assertThat(gpus.get(1).reading().usedBytes()).isEmpty();
    assertThat(gpus.get(1).reading().freeBytes()).isEmpty();
  }

  @Test
  void readsARecordedLog() throws IOException {
    String data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "FOREBAY_DATA is not set: no recorded log is read");
    List<Gpu> gpus =
        SmiXml.read(Files.readAllBytes(Path.of(data, "gpu", "nvidia_smi_q_x_mig.xml")));
    assertThat(gpus).hasSize(1);
    MigInstance device = gpus.getFirst().instances().getFirst();
    assertThat(device.reading().totalBytes()).hasValue(40_448 * MIB);
    assertThat(device.gpuInstance()).isEqualTo(1);
  }

  @Test
  void looksOnlyAsLongAsSomebodyWantsToKnow() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    NvidiaSmi.Tool tool =
        arguments -> {
          runs.incrementAndGet();
          return (arguments.contains("-x") ? LOG : LIST).getBytes(UTF_8);
        };
    GpuWatch nobody = new GpuWatch(() -> false, () -> new NvidiaSmi(tool), _ -> {});
    nobody.turn(Instant.EPOCH);
    assertThat(runs).hasValue(0);
    GpuWatch somebody = new GpuWatch(() -> true, () -> new NvidiaSmi(tool), _ -> {});
    somebody.turn(Instant.EPOCH);
    assertThat(somebody.inventory().gpus()).hasSize(2);
  }

  @Test
  void aBoardThatMustBeResetTakesTheReplicasOfAllItsSlicesOut() throws Exception {
    var rooms = new Rooms();
    var replica = new Replica("r", URI.create("http://r:1"), null);
    var log = new AtomicReference<>(LOG);
    NvidiaSmi.Tool tool =
        arguments -> (arguments.contains("-x") ? log.get() : LIST).getBytes(UTF_8);
    GpuWatch watch =
        new GpuWatch(
            () -> true,
            () -> new NvidiaSmi(tool),
            found -> rooms.looked(replica, found.reading("0:1"), true, 0));
    watch.turn(Instant.EPOCH);
    assertThat(replica.health().usable(0)).isTrue();
    for (String action : List.of("None", "Drain P2P", "N/A")) {
      log.set(recovery(action));
      watch.turn(Instant.EPOCH);
      assertThat(replica.health().usable(0)).as(action).isTrue();
    }
    log.set(recovery("Drain and Reset"));
    watch.turn(Instant.EPOCH);
    assertThat(replica.health().usable(0)).isFalse();
    assertThat(rooms.wrong(replica)).contains(Tripwire.MUST_RESET);
  }

  private static String recovery(String action) {
    String uuid = "<uuid>GPU-1111";
    return LOG.replace(
        uuid, "<gpu_recovery_action>%s</gpu_recovery_action>%s".formatted(action, uuid));
  }

  @Test
  void whereTheToolFailsNothingIsKnown() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    NvidiaSmi.Tool tool =
        arguments -> {
          if (runs.incrementAndGet() > 2) {
            throw new IOException("nvidia-smi failed");
          }
          return (arguments.contains("-x") ? LOG : LIST).getBytes(UTF_8);
        };
    GpuWatch watch = new GpuWatch(() -> true, () -> new NvidiaSmi(tool), _ -> {});
    watch.turn(Instant.EPOCH);
    assertThat(watch.inventory().gpus()).isNotEmpty();
    watch.turn(Instant.EPOCH);
    assertThat(watch.inventory().gpus()).isEmpty();
  }
}
