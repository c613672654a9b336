package dev.forebay.server.adapter.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.monitor.MonitorStage;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Request;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrometheusSignalsTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Replica replica = new Replica("gpu-0", URI.create("http://gpu-0:8000"), null);
  private final Pool pool = new Pool("chat", Dialect.OPENAI, false, List.of(replica));
  private final ClockOnly loop = new ClockOnly();
  private final PrometheusSignals signals =
      new PrometheusSignals(new OnePool(pool), loop::nanoTime);

  @AfterEach
  void close() {
    signals.close();
  }

  @Test
  void anAnsweredCallIsCountedWithItsTimesAndTokens() {
    Call call = begin("m");
    Attempt attempt = attempt(call);
    loop.now = 300 * MILLI;
    call.progress().delta(loop.now);
    call.progress().usage(11, 21);
    loop.now = 700 * MILLI;
    attempt.end(new Served(200));

    assertThat(signals.scrape())
        .contains(
            "forebay_requests_total{model=\"m\",operation=\"chat\",outcome=\"ok\"} 1.0",
            "forebay_attempts_total{replica=\"gpu-0\",result=\"ok\"} 1.0",
            "forebay_request_duration_seconds_sum{model=\"m\",operation=\"chat\",outcome=\"ok\"} 0.7",
            "forebay_request_duration_seconds_bucket{model=\"m\",operation=\"chat\",outcome=\"ok\",le=\"0.48\"} 0",
            "forebay_request_duration_seconds_bucket{model=\"m\",operation=\"chat\",outcome=\"ok\",le=\"1.0\"} 1",
            "forebay_time_to_first_content_seconds_sum{model=\"m\",operation=\"chat\"} 0.3",
            "forebay_tokens_total{model=\"m\",type=\"input\"} 11.0",
            "forebay_tokens_total{model=\"m\",type=\"output\"} 21.0",
            "gen_ai_server_request_duration_seconds_count{gen_ai_operation_name=\"chat\",gen_ai_request_model=\"m\"} 1",
            "gen_ai_server_time_to_first_token_seconds_sum{gen_ai_operation_name=\"chat\",gen_ai_request_model=\"m\"} 0.3",
            "gen_ai_server_time_per_output_token_seconds_sum{gen_ai_operation_name=\"chat\",gen_ai_request_model=\"m\"} 0.02");
  }

  @Test
  void callsOnThePathAreCountedUntilTheyEnd() {
    Call call = begin("m");
    assertThat(signals.scrape()).contains("forebay_inflight 1.0");
    call.end(new Served(200));
    assertThat(signals.scrape()).contains("forebay_inflight 0.0");
  }

  @Test
  void everyAttemptIsCountedAndTheTokensOfACallerWhoLeftAreWasted() {
    Call call = begin("m");
    attempt(call).end(new Failed(Cause.CONNECT, false, ""));
    attempt(call);
    call.progress().delta(10);
    call.progress().usage(5, 40);
    call.abandon(new Failed(Cause.CLIENT_GONE, true, "left"));

    assertThat(signals.scrape())
        .contains(
            "forebay_attempts_total{replica=\"gpu-0\",result=\"upstream_error\"} 1.0",
            "forebay_attempts_total{replica=\"gpu-0\",result=\"client_cancelled\"} 1.0",
            "outcome=\"client_cancelled\"} 1.0",
            "forebay_wasted_tokens_total{reason=\"client_gone\"} 40.0",
            "forebay_wasted_tokens_total{reason=\"timeout\"} 0.0");
  }

  @Test
  void refusalsAreCountedByTheirReason() {
    begin("m").end(new Shed(Reason.NO_REPLICA, Duration.ZERO));
    assertThat(signals.scrape())
        .contains(
            "forebay_shed_total{reason=\"no_replica\"} 1.0",
            "forebay_shed_total{reason=\"draining\"} 0.0");
  }

  @Test
  void namesThatCallersMakeUpGetNoLabel() {
    begin("made-up").end(new Failed(Cause.UNKNOWN_MODEL, false, "no pool"));
    assertThat(signals.scrape())
        .contains("forebay_requests_total{model=\"other\",operation=\"chat\",outcome=\"invalid\"}")
        .doesNotContain("made-up");
  }

  @Test
  void beyondAThousandModelsTheRestIsOther() {
    for (int i = 0; i < Capped.MOST + 7; i++) {
      Call call = begin("m" + i);
      attempt(call).end(new Served(200));
    }
    assertThat(signals.scrape())
        .contains("forebay_requests_total{model=\"m999\",operation=\"chat\",outcome=\"ok\"} 1.0")
        .contains("forebay_requests_total{model=\"other\",operation=\"chat\",outcome=\"ok\"} 7.0")
        .doesNotContain("\"m1000\"");
  }

  @Test
  void replicasAreShownAsTheyAreWhenAsked() {
    var reservation = replica.reserve(250);
    assertThat(signals.scrape())
        .contains(
            "forebay_replica_up{pool=\"chat\",replica=\"gpu-0\"} 1.0",
            "forebay_replica_outstanding_work{pool=\"chat\",replica=\"gpu-0\"} 250.0",
            "forebay_replica_outstanding_calls{pool=\"chat\",replica=\"gpu-0\"} 1.0");
    reservation.close();
    replica.health().markDown(0, 0);
    assertThat(signals.scrape())
        .contains("forebay_replica_up{pool=\"chat\",replica=\"gpu-0\"} 0.0");
    pool.replicas(List.of());
    assertThat(signals.scrape()).doesNotContain("forebay_replica_up{");
  }

  @Test
  void readingsOfOthersAndOfTheProcessAreShownToo() {
    signals.gauge("forebay.loop.lag.seconds", "Lag", () -> 0.25);
    signals.counter("forebay.log.dropped", "Lines dropped", () -> 3);
    assertThat(signals.scrape())
        .contains("forebay_loop_lag_seconds 0.25", "forebay_log_dropped_total 3.0")
        .contains("jvm_memory_used_bytes", "process_uptime_seconds", "process_files_open_files");
  }

  @Test
  void aCountIsShownForAsLongAsItsReaderIsAsked() {
    var kept = new AtomicLong(3);
    signals.counter("forebay.some", "Some", "result", "ok", kept::get);
    var probe = new WeakReference<>(new Object());
    while (probe.get() != null) {
      System.gc();
    }
    assertThat(signals.scrape()).contains("forebay_some_total{result=\"ok\"} 3.0");
  }

  @Test
  void aWordIsTheLabelOfAGaugeThatIsOne() {
    var word = new AtomicReference<>("one");
    signals.info("forebay.config.info", "Which", "version", word::get);
    assertThat(signals.scrape()).contains("forebay_config_info{version=\"one\"} 1");
    word.set("two");
    assertThat(signals.scrape())
        .contains("forebay_config_info{version=\"two\"} 1")
        .doesNotContain("\"one\"");
  }

  private Call begin(String model) {
    var request =
        new Request(
            Operation.CHAT,
            model,
            true,
            false,
            100,
            1,
            Request.Prompt.NONE,
            null,
            null,
            Double.NaN,
            false,
            true);
    var call = new Call("call-1", loop, request, loop.nanoTime());
    new MonitorStage(List.of(signals)).handle(call, _ -> {});
    return call;
  }

  private Attempt attempt(Call call) {
    Attempt attempt =
        call.attempt(outcome -> {
          if (!(outcome instanceof Failed(var cause, _, _) && cause == Cause.CONNECT)) {
            call.end(outcome);
          }
        });
    attempt.on(replica.name());
    return attempt;
  }

  private record OnePool(Pool pool) implements Fleet {
    @Override
    public @Nullable Pool poolFor(Request request) {
      return pool;
    }

    @Override
    public List<Pool> pools() {
      return List.of(pool);
    }
  }

  private static final class ClockOnly implements Loop {
    private long now;

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public Timer at(long nanoTime, Runnable task) {
      throw new UnsupportedOperationException("no timers here");
    }

    @Override
    public long nanoTime() {
      return now;
    }
  }
}
