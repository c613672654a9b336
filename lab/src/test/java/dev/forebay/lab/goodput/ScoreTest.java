package dev.forebay.lab.goodput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.rival.FixedLimit;
import dev.forebay.lab.rival.PassThrough;
import dev.forebay.lab.simulator.ChatWorkload;
import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Forebay;
import dev.forebay.lab.simulator.Intent;
import dev.forebay.lab.simulator.Ran;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.simulator.Story;
import dev.forebay.lab.simulator.Story.End;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/// What is read out of a run.
class ScoreTest {
  private static final Duration WARM_UP = Duration.ofSeconds(10);

  @Test
  void underOverloadWhoIsLetInHasWaitedForMuchOfTheTimeToTheFirstToken() {
    Ran ran = ran(new Forebay(), 40);
    Score score = Score.of(ran);

    long letIn =
        ran.stories().stream()
            .filter(story -> story.intent().atNanos() >= WARM_UP.toNanos() && story.tokens() > 0)
            .count();
    assertThat(ran.queued().getTotalCount()).isEqualTo(letIn).isPositive();
    assertThat(score.queued().share()).isBetween(0.9, 1.0);
    assertThat(score.queued().p50()).isBetween(score.firstP50() / 4, score.firstP50());
    assertThat(score.queued().p99()).isLessThan(score.firstP99());
  }

  @Test
  void whereThereIsRoomForAllNobodyWaits() {
    assertThat(Score.of(ran(new Forebay(), 1)).queued()).isEqualTo(new Queued(0, 0, 0));
  }

  @Test
  void rivalsWithAQueueTellOfItAndOthersDoNot() {
    Score waits = Score.of(ran(new FixedLimit(32, Duration.ofMillis(500)), 10));
    assertThat(waits.queued().share()).isBetween(0.5, 1.0);
    assertThat(waits.queued().p99()).isBetween(4e8, 5.01e8);

    Score passes = Score.of(ran(new PassThrough(), 1));
    assertThat(Figure.QUEUED_P99_MS.text(new Scores(List.of(passes)))).isEqualTo("-");
  }

  @Test
  void refusalsCountThatComeAfterTheWarmUp() {
    Ran ran = ran(new Forebay(), 40);
    long refused =
        ran.stories().stream()
            .filter(story -> story.intent().atNanos() >= WARM_UP.toNanos())
            .mapToLong(story -> story.tries() - (story.letIn() ? 1 : 0))
            .sum();
    assertThat(ran.refusals().getTotalCount()).isPositive().isLessThanOrEqualTo(refused);
    assertThat(Score.of(ran).refusedP99()).isPositive();

    var none = new Scores(List.of(Score.of(ran(new Forebay(), 1))));
    assertThat(none.mean(Score::refusedP99)).isNaN();
    assertThat(Figure.REFUSAL_P99_MS.text(none)).isEqualTo("-");
  }

  @Test
  void withNoGateEachLoadAndSeedIsRunOnce() {
    var ungated = new Ungated(at(1), 4);
    assertThat(ungated.at(0.5, 1)).isNotNull().isSameAs(ungated.at(0.5, 1));
    assertThat(ungated.at(0.5, 2)).isNotSameAs(ungated.at(0.5, 1));
    assertThat(ungated.at(2, 1)).isNull();
  }

  @Test
  void aWaitThatReplacesOneInTheEngineAddsLittle() {
    var minute = at(5).during(WARM_UP, Duration.ofSeconds(70));
    Ran without = Run.of(new PassThrough(), minute, 1).ran();
    Score score = Score.of(Run.of(new Forebay(), minute, 1).ran(), without);
    assertThat(score.queued().p99()).isGreaterThan(1e8);
    assertThat(score.added().p50()).isBetween(-5e6, 5e6);
    assertThat(score.added().p99()).isLessThan(score.queued().p99());

    assertThat(Score.of(without, without).added()).isEqualTo(new Added(0, 0));
    assertThat(Score.of(without).added()).isEqualTo(Added.UNKNOWN);
  }

  @Test
  void theTenthWithTheLongestPromptsIsComparedWithTheOneThatIsServedBest() {
    // two of each tenth: of the longest one is served, of the shortest none
    List<Story> stories =
        IntStream.rangeClosed(1, 20)
            .mapToObj(prompt -> story(prompt, prompt > 2 && prompt < 20))
            .toList();
    assertThat(served(stories).longestToBest()).isCloseTo(0.5, within(1e-9));

    assertThat(served(List.of(story(1, false))).longestToBest()).isNaN();
  }

  private static Ran ran(Contender contender, double rate) {
    return Run.of(contender, at(rate), 1).ran();
  }

  private static Scenario at(double rate) {
    return Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(rate))
        .during(WARM_UP, Duration.ofSeconds(30));
  }

  private static Served served(List<Story> stories) {
    var scenario = at(1).during(Duration.ZERO, Duration.ofSeconds(30));
    var nothing = new Histogram(3);
    return Score.of(new Ran(scenario, stories, 0, 0, nothing, nothing)).served();
  }

  private static Story story(int prompt, boolean served) {
    var intent = new Intent(prompt, 0, "tenant", 1, prompt, prompt, 1, 0, List.of());
    return served
        ? new Story(intent, 1, 1, 1, 1, End.ANSWERED, "ok")
        : new Story(intent, 1, Story.NEVER, Story.NEVER, 0, End.REFUSED, "server_overloaded");
  }
}
