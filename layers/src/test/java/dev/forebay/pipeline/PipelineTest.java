package dev.forebay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.Calls;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Served;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PipelineTest {
  private final List<String> met = new ArrayList<>();
  private final Call call = Calls.call();

  @Test
  void aCallMeetsTheStagesInTheirOrder() {
    new Pipeline(List.of(passes("one"), passes("two"), ends("three"))).enter(call);
    assertThat(met).containsExactly("one", "two", "three");
  }

  @Test
  void aCallThatHasEndedGoesNoFurther() {
    new Pipeline(
            List.of(
                (c, next) -> {
                  c.end(new Served(200));
                  next.proceed(c);
                },
                passes("never")))
        .enter(call);
    assertThat(met).isEmpty();
  }

  @Test
  void aPathWhoseLastStagePassesOnSaysSo() {
    var path = new Pipeline(List.of(passes("one")));
    assertThatThrownBy(() -> path.enter(call)).hasMessageContaining("no stage is left");
  }

  private Stage passes(String name) {
    return (c, next) -> {
      met.add(name);
      next.proceed(c);
    };
  }

  private Stage ends(String name) {
    return (c, _) -> {
      met.add(name);
      c.end(new Served(200));
    };
  }

  @Test
  void aStageThatThrowsStillGivesItsCallOneAnswer() {
    Call call = Calls.call();
    List<Outcome> outcomes = new ArrayList<>();
    AtomicInteger closed = new AtomicInteger();
    call.onEnd(outcomes::add);
    Pipeline pipeline =
        new Pipeline(
            List.of(
                (held, next) -> {
                  held.hold(closed::incrementAndGet);
                  next.proceed(held);
                },
                (_, _) -> {
                  throw new IllegalArgumentException("a bug");
                }));

    assertThatThrownBy(() -> pipeline.enter(call)).hasMessage("a bug");

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.cause()).isEqualTo(Cause.INTERNAL));
    assertThat(closed).hasValue(1);
  }
}
