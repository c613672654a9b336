package dev.forebay.limit;

import static dev.forebay.limit.LimitConfigs.concurrency;
import static dev.forebay.limit.LimitConfigs.requests;
import static dev.forebay.limit.LimitConfigs.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.TimedLoop;
import dev.forebay.fleet.Rate;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitStageTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final TimedLoop loop = new TimedLoop();
  private final LimitConfigs config = new LimitConfigs();
  private final List<Call> passed = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private @Nullable Limits limits;
  private @Nullable LimitStage stage;

  @Test
  void shedsWithTheReasonAndTheExactWait() {
    config.global = requests("10/s", 0);
    enter();
    enter();
    assertThat(passed).hasSize(1);
    assertThat(outcomes).containsExactly(new Shed(Reason.RATE_LIMITED, Duration.ofMillis(100)));
  }

  @Test
  void whatEveryLimitSaidIsNotedForLater() {
    config.global = requests("10/s", 0);
    config.tenant(Caller.ANONYMOUS.tenant(), concurrency(2));
    Call first = enter();
    Call second = enter();
    assertThat(first.notes().getFirst().tell())
        .containsEntry(
            "limits",
            List.of(
                said("global", "", "requests 10/s burst 0", 1, false),
                said("tenant", "anonymous", "concurrency 2", 2, false)));
    assertThat(second.notes().getFirst().tell())
        .containsEntry(
            "limits",
            List.of(
                said("global", "", "requests 10/s burst 0", 0, true),
                said("tenant", "anonymous", "concurrency 2", 1, false)));
  }

  private static Map<String, Object> said(
      String level, String subject, String limit, long left, boolean refused) {
    var said = new LinkedHashMap<String, Object>();
    said.put("level", level);
    if (!subject.isEmpty()) {
      said.put("subject", subject);
    }
    said.put("limit", limit);
    said.put("asked", 1L);
    said.put("left", left);
    said.put("refused", refused);
    said.put("shadow", false);
    return said;
  }

  @Test
  void whereNothingIsLimitedNothingIsNoted() {
    assertThat(enter().notes()).isEmpty();
  }

  @Test
  void aCallHoldsItsPermitUntilItEnds() {
    config.global = concurrency(1);
    Call first = enter();
    enter();
    assertThat(passed).containsExactly(first);
    first.end(new Served(200));
    Call third = enter();
    assertThat(passed).containsExactly(first, third);
    third.abandon(new Failed(Cause.CLIENT_GONE, false, "left"));
    assertThat(enter().ended()).isFalse();
  }

  @Test
  void aCallInExcessOfTheDelayPassesOnLater() {
    config.global = requests(new Requests(Rate.parse("10/s"), 5, 1, false));
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      calls.add(enter());
    }
    assertThat(passed).as("the first, and one in excess").isEqualTo(calls.subList(0, 2));
    loop.runUntil(99 * MS);
    assertThat(passed).hasSize(2);
    loop.runUntil(100 * MS);
    assertThat(passed).hasSize(3);
    loop.runUntil(400 * MS);
    assertThat(passed).isEqualTo(calls);
  }

  @Test
  void aCallThatEndsWhileItIsDelayedNeverPassesOn() {
    config.global = requests(new Requests(Rate.parse("10/s"), 5, 0, false));
    enter();
    Call delayed = enter();
    delayed.abandon(new Failed(Cause.CLIENT_GONE, false, "left"));
    loop.runUntil(SECOND);
    assertThat(passed).hasSize(1);
    assertThat(loop.waiting()).as("requests alone need no metering").isZero();
  }

  @Test
  void aLongAnswerIsMeteredWhileItRuns() {
    config.global = tokens("60/min", 800);
    Call call = enter();
    loop.runUntil(SECOND / 2);
    for (int i = 0; i < 500; i++) {
      call.progress().delta(loop.nanoTime());
    }
    assertThat(enter().ended()).as("404 of 800 are taken").isTrue();
    loop.runUntil(10 * SECOND);
    // 304 + 100 + 2 * 256 are taken, 10 are paid for
    enter();
    assertThat(outcomes.getLast())
        .isEqualTo(new Shed(Reason.TOKENS_LIMITED, Duration.ofSeconds(304 + 612 - 10 + 404 - 800)));
    call.end(new Served(200));
    assertThat(loop.waiting()).isZero();
  }

  @Test
  void aModelThatTheTenantMayNotCallIsForbiddenAndWhatNeverFitsIsInvalid() {
    config.tenants.put(
        "anonymous",
        new TenantConfig(1, List.of("other"), "", LimitSet.NONE, Map.of(), BudgetConfig.NONE));
    enter();
    assertThat(outcomes.getLast())
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.cause()).isEqualTo(Cause.FORBIDDEN));

    config.tenants.clear();
    config.global = tokens("60/min", 403);
    limits().become(config.build(), loop.nanoTime());
    enter();
    assertThat(outcomes.getLast())
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.cause()).isEqualTo(Cause.INVALID_REQUEST));
  }

  private Limits limits() {
    if (limits == null) {
      limits = new Limits(config.build(), 1, loop.nanoTime());
    }
    return limits;
  }

  private Call enter() {
    if (stage == null) {
      stage = new LimitStage(limits(), InstantSource.fixed(java.time.Instant.EPOCH));
    }
    var call =
        new Call("call", loop, LimitsTest.request("m", null), Caller.ANONYMOUS, loop.nanoTime());
    call.onEnd(outcomes::add);
    stage.handle(call, passed::add);
    return call;
  }
}
