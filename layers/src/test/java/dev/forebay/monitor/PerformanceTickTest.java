package dev.forebay.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Calls;
import dev.forebay.HandLoop;
import dev.forebay.Seeds;
import dev.forebay.monitor.PerformanceWindow.Reading;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Deferred;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.FromCache;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PerformanceTickTest {
  private static final Instant NOW = Instant.parse("2024-03-15T14:30:22.987Z");

  private final PerformanceWindow window = new PerformanceWindow();
  private final List<String> lines = new ArrayList<>();
  private OptionalDouble gpu = OptionalDouble.of(0.68);
  private final PerformanceTick tick =
      new PerformanceTick(Duration.ofSeconds(10), window, () -> gpu, lines::add);

  @Test
  void theLineIsExactlyTheOneThatIsPromised() {
    for (int i = 0; i < 12_450; i++) {
      ended(i < 12_413 ? new Served(200) : broke(), 482);
    }
    tick.turn(NOW);
    assertThat(lines)
        .containsExactly(
            "2024-03-15 14:30:22 INFO [metrics] requests_processed=12450 success_rate=0.997"
                + " avg_latency=482ms gpu_util=68%");
  }

  @Test
  void anEmptyWindowIsAGoodOneAndAnUnknownUtilisationSaysSo() {
    gpu = OptionalDouble.empty();
    tick.turn(NOW);
    assertThat(lines)
        .containsExactly(
            "2024-03-15 14:30:22 INFO [metrics] requests_processed=0 success_rate=1.000"
                + " avg_latency=0ms gpu_util=n/a");
  }

  @Test
  void eachWindowBeginsAfresh() {
    ended(new Served(200), 100);
    ended(broke(), 900);
    tick.turn(NOW);
    ended(new FromCache(), 2);
    tick.turn(NOW.plusSeconds(10));
    assertThat(lines.get(0)).contains("requests_processed=2 success_rate=0.500 avg_latency=100ms");
    assertThat(lines.get(1))
        .startsWith("2024-03-15 14:30:32")
        .contains("requests_processed=1 success_rate=1.000 avg_latency=2ms");
  }

  @Test
  void aCallerWhoLeftCountsNeitherWay() {
    ended(new Failed(Cause.CLIENT_GONE, true, "left"), 5_000);
    assertThat(window.close()).isEqualTo(new Reading(0, 0, 0));
  }

  @Test
  void whatCountsAsASuccess() {
    ended(new Served(200), 1);
    ended(new Served(400), 1);
    ended(new FromCache(), 1);
    ended(new Deferred("task-1"), 1);
    assertThat(window.close()).isEqualTo(new Reading(4, 0, TimeUnit.MILLISECONDS.toNanos(4)));
    ended(new Served(429), 1);
    ended(new Served(500), 1);
    ended(new Shed(Reason.NO_REPLICA, Duration.ZERO), 1);
    ended(new Failed(Cause.INVALID_REQUEST, false, ""), 1);
    assertThat(window.close()).isEqualTo(new Reading(0, 4, 0));
  }

  @Test
  void oneFailureInAMillionIsNotRoundedAway() {
    assertThat(PerformanceTick.line(NOW, new Reading(999_999, 1, 0), gpu))
        .contains("success_rate=0.999 ");
  }

  @Test
  void everyLineHasTheSameShape() {
    var shape =
        Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d INFO \\[metrics] requests_processed=\\d+"
                + " success_rate=[01]\\.\\d{3} avg_latency=\\d+ms gpu_util=(\\d+%|n/a)");
    Seeds.forAll(
        2_000,
        random -> {
          long successes = random.nextLong(1L << random.nextInt(1, 30));
          long failures = random.nextLong(1L << random.nextInt(1, 30));
          var reading =
              new Reading(successes, failures, successes * random.nextLong(1, 60_000_000));
          String line =
              PerformanceTick.line(
                  Instant.ofEpochSecond(random.nextLong(4_000_000_000L)),
                  reading,
                  random.nextBoolean()
                      ? OptionalDouble.empty()
                      : OptionalDouble.of(random.nextDouble()));
          assertThat(line).matches(shape);
          assertThat(line.contains("success_rate=1.000")).isEqualTo(failures == 0);
        });
  }

  private void ended(Outcome outcome, long millis) {
    var loop = new HandLoop();
    loop.now(TimeUnit.SECONDS.toNanos(-1));
    Call call = Calls.call(loop, Calls.request(true));
    window.started(call);
    window.ended(call, outcome, call.arrivedNanos() + TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private static Outcome broke() {
    return new Failed(Cause.UPSTREAM_BROKE, false, "broke");
  }
}
