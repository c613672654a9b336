package dev.forebay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.Calls;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Served;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallTest {
  private static final Outcome SERVED = new Served(200);
  private static final Outcome GONE = new Failed(Cause.CLIENT_GONE, false, "left");
  private static final Outcome BROKE = new Failed(Cause.UPSTREAM_BROKE, false, "broke");

  private final Call call = Calls.call();
  private final List<Object> told = new ArrayList<>();

  @Test
  void givesBackInReverseAndOnlyThenTellsItsOutcome() {
    call.onEnd(told::add);
    call.hold(() -> told.add("first"));
    call.hold(() -> told.add("second"));
    call.end(SERVED);
    assertThat(told).containsExactly("second", "first", SERVED);
  }

  @Test
  void theFirstOutcomeHolds() {
    call.onEnd(told::add);
    call.abandon(GONE);
    call.end(SERVED);
    call.abandon(BROKE);
    assertThat(told).containsExactly(GONE);
  }

  @Test
  void whatIsHeldAfterTheEndIsClosedAtOnce() {
    call.end(SERVED);
    call.hold(() -> told.add("closed"));
    assertThat(told).containsExactly("closed");
  }

  @Test
  void anObserverWhoAsksTooLateIsNotTold() {
    call.onEnd(_ -> call.onEnd(told::add));
    call.end(SERVED);
    call.onEnd(told::add);
    assertThat(told).isEmpty();
  }

  @Test
  void anAttemptGivesBackItsOwnBeforeAnybodyDecides() {
    call.hold(() -> told.add("of the call"));
    Attempt attempt = call.attempt(outcome -> told.add(outcome));
    call.hold(() -> told.add("of the attempt"));
    attempt.on("gpu-0");
    attempt.end(BROKE);
    assertThat(told).containsExactly("of the attempt", BROKE);
    assertThat(call.ended()).isFalse();
    assertThat(call.attempt()).isNull();
    assertThat(call.replicas()).containsExactly("gpu-0");
    assertThat(call.tried()).containsExactly(attempt);
    assertThat(attempt.outcome()).isEqualTo(BROKE);
  }

  @Test
  void endingTheCallEndsTheAttemptUnderWayWhoseStarterDecides() {
    call.onEnd(_ -> told.add("the call"));
    call.attempt(_ -> told.add("the attempt"));
    call.end(BROKE);
    assertThat(told).containsExactly("the attempt");
  }

  @Test
  void abandoningTheCallEndsTheAttemptWithoutAskingItsStarter() {
    call.onEnd(told::add);
    call.hold(() -> told.add("of the call"));
    Attempt attempt = call.attempt(_ -> told.add("asked"));
    attempt.hold(() -> told.add("of the attempt"));
    call.abandon(GONE);
    assertThat(told).containsExactly("of the attempt", "of the call", GONE);
    assertThat(attempt.ended()).isTrue();
    assertThat(attempt.outcome()).isEqualTo(GONE);
  }

  @Test
  void anEarlierAttemptIsNotHeardAnyMore() {
    Attempt first = call.attempt(told::add);
    first.end(BROKE);
    Attempt second = call.attempt(told::add);
    first.end(SERVED);
    first.hold(() -> told.add("too late"));
    assertThat(told).containsExactly(BROKE, "too late");
    assertThat(call.attempt()).isSameAs(second);
    assertThat(second.number()).isEqualTo(2);
  }

  @Test
  void noAttemptBeginsBesideAnotherOrAfterTheEnd() {
    call.attempt(told::add);
    assertThatThrownBy(() -> call.attempt(told::add)).hasMessageContaining("already being tried");
    call.abandon(GONE);
    assertThatThrownBy(() -> call.attempt(told::add)).hasMessageContaining("has ended");
  }

  @Test
  void anAttemptStartsItsProgressAfresh() {
    Attempt first = call.attempt(_ -> {});
    call.progress().delta(5);
    call.progress().usage(7, 9);
    first.end(BROKE);
    call.attempt(_ -> {});
    assertThat(call.progress().content()).isFalse();
    assertThat(call.progress().completionTokens()).isZero();
  }

  @Test
  void aConnectionThatReportsItsEndWhileItIsClosedEndsNothingTwice() {
    call.onEnd(told::add);
    call.attempt(_ -> told.add("asked"));
    call.hold(() -> call.end(BROKE));
    call.abandon(GONE);
    assertThat(told).containsExactly(GONE);
  }

  @Test
  void aConnectionThatReportsItsEndWhileItsAttemptEndsDoesNotEndTheCall() {
    call.onEnd(_ -> told.add("the call"));
    call.attempt(told::add);
    call.hold(() -> call.end(GONE));
    call.end(BROKE);
    assertThat(told).containsExactly(BROKE);
    assertThat(call.ended()).isFalse();
  }

  @Test
  void aCallThatIsAbandonedWhileItsAttemptGivesBackIsNotTriedAgain() {
    call.onEnd(told::add);
    Attempt attempt = call.attempt(_ -> told.add("asked"));
    attempt.hold(() -> told.add("deeper"));
    attempt.hold(() -> call.abandon(GONE));
    attempt.end(BROKE);
    assertThat(told).containsExactly("deeper", GONE);
    assertThat(call.tried()).containsExactly(attempt);
    assertThat(attempt.outcome()).isEqualTo(BROKE);
  }

  @Test
  void findsTheLatestOfWhatAnAttemptHolds() {
    Attempt attempt = call.attempt(_ -> {});
    var first = new Permit();
    var second = new Permit();
    attempt.hold(first);
    attempt.hold(() -> {});
    attempt.hold(second);
    assertThat(attempt.held(Permit.class)).isSameAs(second);
    attempt.end(SERVED);
    assertThat(attempt.held(Permit.class)).isNull();
  }

  private static final class Permit implements Held {
    @Override
    public void close() {}
  }
}
