package dev.forebay.retry.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.retry.policy.CircuitBreaker.Passage;
import dev.forebay.retry.policy.CircuitBreaker.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final BreakerConfig CONFIG =
      new BreakerConfig(20, 10, 0.5, Duration.ofSeconds(5), Duration.ofSeconds(60), 2);

  private static final List<Result> RESULTS = List.of(Result.values());

  private final CircuitBreaker breaker = new CircuitBreaker(CONFIG, Seeds.random(1));
  private long now = 7;

  @Test
  void opensOnceHalfOfEnoughResultsAreFailures() {
    for (int i = 0; i < 9; i++) {
      end(Result.FAILED);
    }
    assertThat(breaker.closed()).isTrue();
    end(Result.FAILED);
    assertThat(breaker.closed()).isFalse();
    assertThat(breaker.enter(now)).isNull();
    assertThat(breaker.closedForNanos(now)).isBetween(5 * SECOND, 6 * SECOND);
  }

  @Test
  void staysClosedWhileMostCallsSucceed() {
    for (int i = 0; i < 1_000; i++) {
      end(i % 3 == 0 ? Result.FAILED : Result.SUCCEEDED);
    }
    assertThat(breaker.closed()).isTrue();
  }

  @Test
  void oldResultsAreForgotten() {
    for (int i = 0; i < 8; i++) {
      end(Result.FAILED);
    }
    for (int i = 0; i < 20; i++) {
      end(Result.SUCCEEDED);
    }
    for (int i = 0; i < 9; i++) {
      end(Result.FAILED);
    }
    assertThat(breaker.closed()).isTrue();
    end(Result.FAILED);
    assertThat(breaker.closed()).isFalse();
  }

  @Test
  void whatSaysNothingOfTheHostDoesNotCount() {
    for (int i = 0; i < 100; i++) {
      end(Result.NO_VOTE);
    }
    assertThat(breaker.closed()).isTrue();
  }

  @Test
  void letsFewCallsProbeAndClosesWhenTheySucceed() {
    open();
    now += breaker.closedForNanos(now);
    var first = enter();
    var second = enter();
    assertThat(breaker.enter(now)).isNull();
    first.end(Result.SUCCEEDED, now);
    assertThat(breaker.closed()).isFalse();
    second.end(Result.SUCCEEDED, now);
    assertThat(breaker.closed()).isTrue();
  }

  @Test
  void aFailedProbeOpensItForTwiceAsLongUpToTheMost() {
    open();
    for (long seconds : new long[] {10, 20, 40, 60, 60}) {
      now += breaker.closedForNanos(now);
      enter().end(Result.FAILED, now);
      assertThat(breaker.closedForNanos(now))
          .isBetween(seconds * SECOND, seconds * SECOND * 12 / 10);
    }
  }

  @Test
  void aProbeThatSaysNothingMakesRoomForAnother() {
    open();
    now += breaker.closedForNanos(now);
    enter();
    enter().end(Result.NO_VOTE, now);
    assertThat(breaker.closedForNanos(now)).isZero();
    enter();
    assertThat(breaker.enter(now)).isNull();
  }

  @Test
  void aProbeThatNeverEndsKeepsNobodyOutForEver() {
    open();
    now += breaker.closedForNanos(now);
    enter();
    enter();
    assertThat(breaker.closedForNanos(now)).isEqualTo(5 * SECOND);
    now += 5 * SECOND;
    assertThat(breaker.enter(now)).isNotNull();
  }

  @Test
  void whatAnEarlierStateLetThroughSaysNothingNow() {
    var late = enter();
    open();
    now += breaker.closedForNanos(now);
    enter();
    late.end(Result.FAILED, now);
    assertThat(breaker.enter(now)).isNotNull();
  }

  @Test
  void onlyTheFirstEndCounts() {
    open();
    now += breaker.closedForNanos(now);
    var probe = enter();
    probe.end(Result.SUCCEEDED, now);
    probe.end(Result.SUCCEEDED, now);
    assertThat(breaker.closed()).isFalse();
  }

  @Test
  void neverOpeningMeansNever() {
    var never = new CircuitBreaker(CONFIG.neverOpening(), Seeds.random(1));
    for (int i = 0; i < 1_000; i++) {
      requireNonNull(never.enter(now)).end(Result.FAILED, now);
    }
    assertThat(never.closed()).isTrue();
  }

  @Test
  void afterAnyHistoryAHostThatIsBackIsFoundAndWhoIsRefusedIsToldForHowLong() {
    Seeds.forAll(
        300,
        random -> {
          var any = new CircuitBreaker(CONFIG, random);
          long time = random.nextLong();
          var out = new ArrayList<Passage>();
          for (int i = 0; i < 500; i++) {
            time += random.nextLong(SECOND);
            var passage = any.enter(time);
            if (passage != null) {
              out.add(passage);
            } else {
              assertThat(any.closedForNanos(time)).isPositive();
            }
            if (!out.isEmpty() && random.nextBoolean()) {
              out.remove(random.nextInt(out.size())).end(RESULTS.get(random.nextInt(3)), time);
            }
          }
          for (int i = 0; i < 100 && !any.closed(); i++) {
            time += any.closedForNanos(time);
            requireNonNull(any.enter(time)).end(Result.SUCCEEDED, time);
          }
          assertThat(any.closed()).isTrue();
        });
  }

  @Test
  void refusesWhatIsNoBreaker() {
    var five = Duration.ofSeconds(5);
    assertThatThrownBy(() -> new BreakerConfig(0, 1, 0.5, five, five, 1))
        .hasMessage("window must be 1..10000, was 0");
    assertThatThrownBy(() -> new BreakerConfig(1, 1, 0, five, five, 1))
        .hasMessage("share must be more than 0, at most 1, was 0.0");
    assertThatThrownBy(() -> new BreakerConfig(1, 1, 1, five, Duration.ofSeconds(1), 1))
        .hasMessage("openAtMost must be PT5S..PT24H, was PT1S");
  }

  private void open() {
    while (breaker.closed()) {
      end(Result.FAILED);
    }
  }

  private void end(Result result) {
    enter().end(result, now);
  }

  private Passage enter() {
    return requireNonNull(breaker.enter(now));
  }
}
