package dev.forebay.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What calls meet on simulated engines.
class SimulatedFleetTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final VirtualLoop loop = new VirtualLoop();
  private final SimulatedFleet fleet = new SimulatedFleet(EngineSpec.TIGHT, 1, loop);
  private final Replica replica = fleet.replicas().getFirst();
  private final List<Outcome> outcomes = new ArrayList<>();

  @Test
  void anAnswerComesTokenByTokenAndTellsItsUsageAtTheEnd() {
    var call = enter(400, 50);
    loop.runUntil(10 * SECOND);

    assertThat(outcomes).containsExactly(new Served(200));
    var progress = call.progress();
    assertThat(progress.deltas()).isEqualTo(50);
    assertThat(progress.promptTokens()).isEqualTo(400);
    assertThat(progress.completionTokens()).isEqualTo(50);
    assertThat(progress.usageIsWhole()).isTrue();
    // prefill of 400 tokens at some 78 us, and 12 ms for each token after the first
    assertThat(progress.firstContentNanos()).isBetween(20 * MILLI, 50 * MILLI);
    assertThat((progress.lastActivityNanos() - progress.firstContentNanos()) / 49)
        .isBetween(8 * MILLI, 16 * MILLI);
  }

  @Test
  void aStepIsOneEventHoweverManyTokensItBrings() {
    for (int i = 0; i < 50; i++) {
      enter(10, 100);
    }
    loop.runUntil(30 * SECOND);
    assertThat(outcomes).hasSize(50).containsOnly(new Served(200));
    assertThat(loop.ran()).isLessThan(300);
  }

  @Test
  void anAnswerThatNobodyWaitsForStopsAtOnceAndGivesItsMemoryBack() {
    var call = enter(4_000, 2_000);
    enter(400, 2_000);
    loop.runUntil(SECOND);
    assertThat(fleet.truth(replica).running()).isEqualTo(2);

    call.abandon(new Failed(Cause.CLIENT_GONE, true, "left"));
    assertThat(fleet.truth(replica).running()).isEqualTo(1);
    assertThat(fleet.truth(replica).kvUsage()).isLessThan(0.02);
    int had = call.progress().deltas();
    loop.runUntil(2 * SECOND);
    assertThat(call.progress().deltas()).isEqualTo(had);
  }

  @Test
  void aPromptThatFitsNoEngineIsRefusedByItAndAnAnswerThatDoesNotEndsWhereTheMemoryDoes() {
    enter(60_001, 10);
    assertThat(outcomes).containsExactly(new Served(400));

    var call = enter(59_990, 100);
    loop.runUntil(60 * SECOND);
    assertThat(outcomes).containsExactly(new Served(400), new Served(200));
    assertThat(call.progress().deltas()).isEqualTo(11);
  }

  @Test
  void metricsAreReadFourTimesASecondAndShowWhatWasThen() {
    List<Telemetry> read = new ArrayList<>();
    fleet.onScrape((_, telemetry) -> read.add(telemetry));
    enter(4_000, 500);
    loop.runUntil(249 * MILLI);
    assertThat(fleet.scraped(replica).running()).isZero();
    assertThat(fleet.truth(replica).running()).isOne();

    loop.runUntil(500 * MILLI);
    assertThat(fleet.scraped(replica).running()).isOne();
    assertThat(read).extracting(Telemetry::atNanos).containsExactly(0L, 250 * MILLI, 500 * MILLI);
    assertThat(fleet.scraped(replica).kvTokens()).isEqualTo(60_000);
    assertThat(fleet.scraped(replica).maxNumSeqs()).isEqualTo(256);
  }

  @Test
  void anAnswerThatEndsMayLetAnotherBegin() {
    Stage oneAtATime =
        (call, next) -> {
          var attempt = call.attempt(call::end);
          attempt.hold(replica.reserve(1));
          next.proceed(call);
        };
    var path = new Pipeline(List.of(oneAtATime, fleet));
    var first = call(1, 10, 5);
    var second = call(2, 10, 5);
    first.onEnd(_ -> path.enter(second));
    second.onEnd(outcomes::add);
    path.enter(first);
    loop.runUntil(SECOND);
    assertThat(outcomes).containsExactly(new Served(200));
    assertThat(second.progress().deltas()).isEqualTo(5);
    assertThat(fleet.asked()).isEqualTo(2);
  }

  @Test
  void aPromptWhoseBeginningIsRememberedIsAnsweredSooner() {
    var engine = EngineSpec.TIGHT.withPrefixCache();
    var cached = new SimulatedFleet(engine, 1, loop);
    var room = cached.replicas().getFirst();
    List<Long> firsts = new ArrayList<>();
    for (var blocks : List.of(List.of(1, 2, 3, 4), List.of(1, 2, 3, 5), List.of(9, 2, 3, 4))) {
      var intent = new Intent(1, 0, "tenant", 1, 2_048, 6_000, 1, 0, blocks);
      var call = new SimulatedCall(intent, 1, loop, Long.MAX_VALUE);
      call.attempt(call::end).hold(room.reserve(1));
      cached.handle(call, _ -> {});
      loop.runUntil(loop.nanoTime() + SECOND);
      firsts.add(call.progress().firstContentNanos() - call.arrivedNanos());
    }
    assertThat(firsts.get(1)).isLessThan(firsts.get(0) / 2);
    assertThat(firsts.get(2)).as("only a beginning counts").isEqualTo(firsts.get(0));
  }

  private SimulatedCall enter(int prompt, int output) {
    var call = call(outcomes.size(), prompt, output);
    call.onEnd(outcomes::add);
    var attempt = call.attempt(call::end);
    attempt.hold(replica.reserve(1));
    fleet.handle(call, _ -> {});
    return call;
  }

  private SimulatedCall call(int number, int prompt, int output) {
    var intent = new Intent(number, 0, "tenant", 1, prompt, 3 * prompt, output, 0, List.of());
    return new SimulatedCall(intent, 1, loop, 2 * SECOND);
  }
}
