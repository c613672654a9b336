package dev.forebay.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Request;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReplicasJsonTest {
  private static final long SECOND = 1_000_000_000L;

  private final Replica up = replica("up");
  private final Replica down = replica("down");
  private final Replica ejected = replica("ejected");
  private final Replica back = replica("back");
  private final Pool pool =
      new Pool("chat", Dialect.OPENAI, false, List.of(up, down, ejected, back));

  @Test
  void saysOfEachReplicaHowItIsAndWhatItHolds() {
    up.reserve(700);
    up.reserve(50);
    down.health().markDown(0, 0);
    ejected.health().eject(0, 30 * SECOND, 60 * SECOND);
    back.health().markDown(0, 0);
    back.health().markUp(5 * SECOND);

    JsonNode json = JsonMapper.shared().readTree(read(10 * SECOND));

    JsonNode chat = json.at("/pools/0");
    assertThat(chat.at("/name").asString()).isEqualTo("chat");
    assertThat(chat.at("/speaks").asString()).isEqualTo("openai");
    JsonNode replicas = chat.at("/replicas");
    assertThat(replicas.findValuesAsString("state"))
        .containsExactly("up", "down", "ejected", "slow start");
    assertThat(replicas.at("/0/name").asString()).isEqualTo("up");
    assertThat(replicas.at("/0/outstanding_work").asLong()).isEqualTo(750);
    assertThat(replicas.at("/0/outstanding_calls").asInt()).isEqualTo(2);
    assertThat(replicas.at("/0/weight").asDouble()).isEqualTo(1);
    assertThat(replicas.at("/1/weight").asDouble()).isZero();
    assertThat(replicas.at("/2/weight").asDouble()).isZero();
    assertThat(replicas.at("/2/ejected_for_ms").asLong()).isEqualTo(20_000);
    // 0.1 + 0.9 × 5 s of 10 s
    assertThat(replicas.at("/3/weight").asDouble()).isEqualTo(0.55);
  }

  private String read(long now) {
    Fleet fleet =
        new Fleet() {
          @Override
          public @Nullable Pool poolFor(Request request) {
            return null;
          }

          @Override
          public List<Pool> pools() {
            return List.of(pool);
          }
        };
    return new ReplicasJson(fleet, () -> Duration.ofSeconds(10), List::of, () -> now).get();
  }

  private static Replica replica(String name) {
    return new Replica(name, URI.create("http://127.0.0.1:1/" + name), null);
  }
}
