package dev.forebay.lab.simulator;

import dev.forebay.lab.engine.Scheduler;
import dev.forebay.lab.engine.Sequence;
import dev.forebay.lab.engine.Step;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Held;
import dev.forebay.pipeline.Outcome.Served;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One engine in virtual time: continuous batching that takes as long as the cost model says. An
/// event an iteration, however many tokens it brings. For one virtual loop; not thread-safe.
final class SimulatedEngine {
  private final EngineSpec spec;
  private final VirtualLoop loop;
  private final Scheduler<Answer> scheduler;
  private final PrefixBlocks prefixes;
  private boolean stepping;
  private long asked;

  SimulatedEngine(EngineSpec spec, VirtualLoop loop) {
    this.spec = spec;
    this.loop = loop;
    this.scheduler = new Scheduler<>(spec.scheduler(), spec.cost());
    this.prefixes = new PrefixBlocks(spec.kvTokens());
  }

  /// Begins to answer. An answer for which the whole KV cache is too small ends early, as it does
  /// at an engine's context length.
  void answer(SimulatedCall call, Attempt attempt) {
    asked++;
    int prompt = call.intent().promptTokens();
    int room = spec.kvTokens() + 1 - prompt;
    if (room < 1) {
      // The engine's own refusal, which a gateway passes on.
      attempt.end(new Served(400));
      return;
    }
    var answer = new Answer(call, attempt);
    int output = Math.min(call.intent().outputTokens(), room);
    int bound = attempt.degradation().maxTokens();
    output = bound > 0 ? Math.min(output, bound) : output;
    int cached = spec.prefixCache() ? prefixes.match(call.intent().blocks()) : 0;
    answer.sequence = scheduler.submit(answer, prompt, cached, output, loop.nanoTime());
    attempt.hold(answer);
    if (!stepping) {
      stepAt(scheduler.step(loop.nanoTime()).nextAt());
    }
  }

  Telemetry read() {
    return new Telemetry(
        loop.nanoTime(),
        scheduler.running(),
        scheduler.waiting(),
        scheduler.kvUsage(),
        scheduler.preemptions(),
        spec.kvTokens(),
        spec.scheduler().maxNumSeqs());
  }

  /// Attempts that came here.
  long asked() {
    return asked;
  }

  private void stepAt(long nanoTime) {
    stepping = nanoTime != Step.IDLE;
    if (stepping) {
      loop.at(nanoTime, this::step);
    }
  }

  private void step() {
    Step<Answer> step = scheduler.step(loop.nanoTime());
    // First, as an answer that ends may let another one begin.
    stepAt(step.nextAt());
    for (var sequence : step.produced()) {
      sequence.owner().token(step.at());
    }
    for (var sequence : step.finished()) {
      sequence.owner().served();
    }
  }

  /// Held by its attempt, so that the engine stops as soon as nobody waits.
  private final class Answer implements Held {
    private final SimulatedCall call;
    private final Attempt attempt;
    private @Nullable Sequence<Answer> sequence;

    Answer(SimulatedCall call, Attempt attempt) {
      this.call = call;
      this.attempt = attempt;
    }

    void token(long at) {
      // One that the end of an earlier answer took with it has made its last token in vain.
      if (!attempt.ended()) {
        call.progress().activity(at);
        call.progress().delta(at);
      }
    }

    void served() {
      if (!attempt.ended()) {
        call.progress().usage(call.intent().promptTokens(), call.progress().deltas());
        attempt.end(new Served(200));
      }
    }

    @Override
    public void close() {
      scheduler.abort(Objects.requireNonNull(sequence));
    }
  }
}
