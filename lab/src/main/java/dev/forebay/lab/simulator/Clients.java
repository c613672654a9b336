package dev.forebay.lab.simulator;

import dev.forebay.lab.load.Slo;
import dev.forebay.lab.simulator.Story.End;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Pipeline;
import dev.forebay.pipeline.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Users who ask at times fixed in advance, each through a client with retries, and who leave when
/// no content has come in time. For one virtual loop; not thread-safe.
///
/// What is random in a client depends on the seed, its intent and its try alone, so it is the same
/// whatever the path does with others.
final class Clients {
  private final VirtualLoop loop;
  private final Pipeline path;
  private final ClientConfig config;
  private final Slo slo;
  private final List<Intent> intents;
  private final long seed;
  private final BiConsumer<SimulatedCall, Outcome> judge;
  private final List<Story> stories = new ArrayList<>();
  private int begun;

  /// @param judge is told of every call and its end
  Clients(
      VirtualLoop loop,
      Pipeline path,
      ClientConfig config,
      Slo slo,
      List<Intent> intents,
      long seed,
      BiConsumer<SimulatedCall, Outcome> judge) {
    this.loop = loop;
    this.path = path;
    this.config = config;
    this.slo = slo;
    this.intents = intents;
    this.seed = seed;
    this.judge = judge;
  }

  void begin() {
    if (begun < intents.size()) {
      Intent intent = intents.get(begun++);
      loop.at(
          intent.atNanos(),
          () -> {
            begin();
            new Client(intent).begin();
          });
    }
  }

  boolean done() {
    return stories.size() == intents.size();
  }

  /// The ends of the intents, in the order in which they ended.
  List<Story> stories() {
    return stories;
  }

  private final class Client {
    private final Intent intent;
    private int tries;
    private @Nullable SimulatedCall call;
    private boolean left;
    private boolean done;

    Client(Intent intent) {
      this.intent = intent;
    }

    void begin() {
      loop.at(intent.atNanos() + config.patience().toNanos(), this::losePatience);
      tryOnce();
    }

    private void tryOnce() {
      if (done) {
        return;
      }
      tries++;
      long due = intent.atNanos() + slo.firstTokenNanos(intent.promptTokens());
      var made = new SimulatedCall(intent, tries, loop, due);
      call = made;
      made.onEnd(outcome -> ended(made, outcome));
      path.enter(made);
    }

    private void losePatience() {
      if (done || (call != null && call.progress().content())) {
        return; // whoever reads already stays to the end
      }
      left = true;
      if (call == null) {
        finish(End.LEFT, new Progress(), "");
      } else {
        call.abandon(new Failed(Cause.CLIENT_GONE, false, "the user left"));
      }
    }

    private void ended(SimulatedCall ended, Outcome outcome) {
      judge.accept(ended, outcome);
      call = null;
      Progress progress = ended.progress();
      var seen = SeenAnswer.of(outcome, draw(2));
      if (left) {
        finish(End.LEFT, progress, seen.code());
      } else if (seen.status() == 200) {
        finish(End.ANSWERED, progress, seen.code());
      } else if (progress.content()) {
        finish(End.BROKEN, progress, seen.code());
      } else if (seen.retryable() && tries <= config.retries()) {
        loop.after(config.pause(seen.retryAfter(), tries, draw(1)).toNanos(), this::tryOnce);
      } else {
        finish(End.REFUSED, progress, seen.code());
      }
    }

    private void finish(End end, Progress progress, String code) {
      done = true;
      boolean content = progress.content();
      stories.add(
          new Story(
              intent,
              tries,
              content ? progress.firstContentNanos() - intent.atNanos() : Story.NEVER,
              content ? progress.lastActivityNanos() - intent.atNanos() : Story.NEVER,
              progress.deltas(),
              end,
              code));
    }

    private double draw(int what) {
      long which = ((long) intent.number() << 8) + (tries << 2) + what;
      return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + which).nextDouble();
    }
  }
}
