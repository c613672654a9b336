package dev.forebay.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.gpu.DeviceReading;
import dev.forebay.gpu.LastTelemetry;
import dev.forebay.gpu.Rooms;
import dev.forebay.gpu.Telemetry;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Request;
import dev.forebay.server.adapter.nvidia.Gpu;
import dev.forebay.server.adapter.nvidia.Inventory;
import dev.forebay.server.adapter.nvidia.MigInstance;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GpusJsonTest {
  private static final OptionalLong NONE = OptionalLong.empty();

  private final Replica shows = new Replica("shows", URI.create("http://shows"), null);
  private final Replica silent = new Replica("silent", URI.create("http://silent"), null);
  private final Pool pool = new Pool("chat", Dialect.OPENAI, false, List.of(shows, silent));

  @Test
  void saysWhatIsKnownAndLeavesOutTheRest() {
    LastTelemetry last = new LastTelemetry();
    last.observed(
        shows,
        new Telemetry(
            1_000_000_000L,
            1_000_000_001L,
            OptionalDouble.of(0.25),
            OptionalLong.of(1000),
            OptionalLong.of(3),
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE));
    Inventory inventory =
        new Inventory(
            List.of(
                new Gpu(
                    0,
                    "GPU-1",
                    "NVIDIA X",
                    true,
                    reading(NONE, 0),
                    List.of(
                        new MigInstance(
                            1, "MIG-1", "3g.40gb", 2, reading(OptionalLong.of(40), 79))))));
    JsonNode json =
        JsonMapper.shared()
            .readTree(
                new GpusJson(
                        fleet(),
                        new Rooms(),
                        () -> Map.of("shows", "MIG-1", "silent", "7"),
                        last,
                        () -> inventory,
                        () -> 1_500_000_000L)
                    .get());

    JsonNode engine = json.at("/replicas/0/engine");
    assertThat(engine.path("age_ms").asLong()).isEqualTo(500);
    assertThat(engine.path("kv_usage").asDouble()).isEqualTo(0.25);
    assertThat(engine.path("running").asLong()).isEqualTo(3);
    assertThat(engine.has("waiting")).isFalse();
    assertThat(json.at("/replicas/0/guard").asString()).isEqualTo("open");
    JsonNode device = json.at("/replicas/0/device");
    assertThat(device.path("memory_total_bytes").asLong()).isEqualTo(40);
    assertThat(device.path("suspect").asString()).isEqualTo("xid");
    assertThat(json.at("/replicas/1").has("engine")).isFalse();
    assertThat(json.at("/replicas/1/device/unknown").asBoolean()).isTrue();
    assertThat(json.at("/gpus/0/uuid").asString()).isEqualTo("GPU-1");
    assertThat(json.at("/gpus/0").has("memory_total_bytes")).isFalse();
    assertThat(json.at("/gpus/0/instances/0/profile").asString()).isEqualTo("3g.40gb");
  }

  private static DeviceReading reading(OptionalLong total, long xid) {
    return new DeviceReading(
        total, NONE, NONE, OptionalDouble.empty(), OptionalLong.of(xid), NONE, false);
  }

  private Fleet fleet() {
    return new Fleet() {
      @Override
      public @Nullable Pool poolFor(Request request) {
        return pool;
      }

      @Override
      public List<Pool> pools() {
        return List.of(pool);
      }
    };
  }
}
