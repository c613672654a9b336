package dev.forebay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Calls;
import dev.forebay.Seeds;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Laws of a call, whatever happens to it in whatever order, and whatever calls back while it ends.
class CallPropertyTest {

  @Test
  void everythingHeldIsClosedOnceInReverseAndOneOutcomeIsTold() {
    Seeds.forAll(
        5_000,
        random -> {
          var life = new Life(random);
          for (int step = random.nextInt(30); step > 0; step--) {
            life.act();
          }
          life.end();
          life.lawsHold();
        });
  }

  private static final class Life {
    private final RandomGenerator random;
    private final Call call = Calls.call();
    private final List<Attempt> begun = new ArrayList<>();
    private final List<Integer> closings = new ArrayList<>();
    private final List<Integer> open = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private final List<Attempt> decided = new ArrayList<>();
    private boolean quiet;

    Life(RandomGenerator random) {
      this.random = random;
      call.onEnd(outcome -> {
        assertThat(open).as("given back before the outcome is told").isEmpty();
        outcomes.add(outcome);
      });
    }

    void act() {
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> hold();
        case 4, 5 -> attempt();
        case 6 -> endAnyAttempt();
        case 7 -> holdOnAnyAttempt();
        case 8 -> call.end(outcome());
        default -> {
          if (random.nextInt(4) == 0) {
            call.abandon(outcome());
          }
        }
      }
    }

    void end() {
      quiet = true;
      call.abandon(outcome());
      assertThat(open).isEmpty();
      // Nothing that comes after the end can leak.
      hold();
      holdOnAnyAttempt();
      call.end(outcome());
    }

    private void hold() {
      call.hold(held());
    }

    private void attempt() {
      if (call.attempt() == null && !call.ended()) {
        var own = new Attempt[1];
        own[0] =
            call.attempt(_ -> {
              assertThat(call.ended()).as("asked about a call that has ended").isFalse();
              assertThat(call.attempt()).isNull();
              decided.add(own[0]);
              if (random.nextBoolean()) {
                act();
              }
            });
        begun.add(own[0]);
      }
    }

    private void endAnyAttempt() {
      if (!begun.isEmpty()) {
        begun.get(random.nextInt(begun.size())).end(outcome());
      }
    }

    private void holdOnAnyAttempt() {
      if (!begun.isEmpty()) {
        begun.get(random.nextInt(begun.size())).hold(held());
      }
    }

    private Held held() {
      int id = closings.size();
      closings.add(0);
      boolean callsBack = random.nextInt(8) == 0;
      open.add(id);
      return () -> {
        closings.set(id, closings.get(id) + 1);
        assertThat(open.getLast()).as("closed in reverse").isEqualTo(id);
        open.removeLast();
        if (callsBack && !quiet) {
          act();
        }
      };
    }

    private Outcome outcome() {
      return new Failed(Cause.INTERNAL, false, Integer.toString(random.nextInt()));
    }

    void lawsHold() {
      assertThat(closings).allMatch(times -> times == 1);
      assertThat(outcomes).hasSize(1);
      assertThat(call.ended()).isTrue();
      assertThat(call.attempt()).isNull();
      assertThat(call.attempts()).isEqualTo(begun.size());
      assertThat(call.tried()).containsExactlyElementsOf(begun);
      assertThat(begun).allMatch(attempt -> attempt.ended() && attempt.outcome() != null);
      assertThat(decided).doesNotHaveDuplicates();
    }
  }
}
