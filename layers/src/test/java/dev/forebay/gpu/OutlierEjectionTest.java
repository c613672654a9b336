package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Dialect;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutlierEjectionTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final OutlierEjection ejection = new OutlierEjection(GpuConfigs.USUAL);

  @Test
  void aReplicaIsTakenOutAtItsThirdFailureInARow() {
    Pool pool = pool(3);
    Replica bad = pool.replicas().getFirst();
    assertThat(ejection.failed(pool, bad, 0)).isFalse();
    assertThat(ejection.failed(pool, bad, 0)).isFalse();
    assertThat(ejection.failed(pool, bad, 0)).isTrue();
    assertThat(bad.health().usable(0)).isFalse();
    assertThat(bad.health().usable(10 * SECOND)).isTrue();
  }

  @Test
  void aSuccessInBetweenKeepsItIn() {
    Pool pool = pool(3);
    Replica shaky = pool.replicas().getFirst();
    for (int i = 0; i < 10; i++) {
      assertThat(ejection.failed(pool, shaky, 0)).isFalse();
      assertThat(ejection.failed(pool, shaky, 0)).isFalse();
      ejection.succeeded(shaky, 0);
    }
  }

  @Test
  void aPoolOfOneOrTwoLosesNobody() {
    for (int n = 1; n <= 2; n++) {
      Pool pool = pool(n);
      for (int i = 0; i < 20; i++) {
        assertThat(ejection.failed(pool, pool.replicas().getFirst(), 0)).isFalse();
      }
    }
  }

  @Test
  void whoCouldNotBeTakenOutIsOnceThereIsRoom() {
    Pool pool = pool(3);
    fail(pool, pool.replicas().get(0), 3, 0);
    fail(pool, pool.replicas().get(1), 3, 0);
    assertThat(pool.replicas().get(1).health().usable(0)).isTrue();
    assertThat(ejection.failed(pool, pool.replicas().get(1), 10 * SECOND)).isTrue();
  }

  @Test
  void neverMoreThanLessThanHalfIsOut() {
    Seeds.forAll(
        500,
        random -> {
          int n = 1 + random.nextInt(12);
          Pool pool = pool(n);
          long now = random.nextLong();
          for (int step = 0; step < 300; step++) {
            now += random.nextLong(2 * SECOND);
            Replica replica = pool.replicas().get(random.nextInt(n));
            if (random.nextInt(4) == 0) {
              ejection.succeeded(replica, now);
            } else {
              ejection.failed(pool, replica, now);
            }
            long at = now;
            assertThat(pool.replicas().stream().filter(r -> r.health().ejected(at)).count())
                .isLessThanOrEqualTo((n - 1) / 2);
          }
        });
  }

  private void fail(Pool pool, Replica replica, int times, long now) {
    for (int i = 0; i < times; i++) {
      ejection.failed(pool, replica, now);
    }
  }

  private static Pool pool(int n) {
    List<Replica> replicas =
        IntStream.range(0, n)
            .mapToObj(i -> new Replica("gpu-" + i, URI.create("http://gpu-" + i), null))
            .toList();
    return new Pool("chat", Dialect.OPENAI, false, replicas);
  }
}
