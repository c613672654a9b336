package dev.forebay.lab.goodput;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.rival.PassThrough;
import dev.forebay.lab.simulator.ChatWorkload;
import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Forebay;
import dev.forebay.lab.simulator.Forebay.Less;
import dev.forebay.lab.simulator.Scenario;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is said of standings, beside their figures.
class RemarksTest {
  private static final Contender WHOLE = new Forebay();
  private static final Contender LESS = new Forebay(Less.EARLY_REJECTION);
  private static final Contender RIVAL = new PassThrough();

  @Test
  void moreGoodAnswersAreToldWithWhatTheyAreBoughtWith() {
    assertThat(remarks(at(WHOLE, 10, 0.5), at(LESS, 12, 0.1), at(RIVAL, 5, 0.6)))
        .containsExactly(
            "forebay: 2.00 x pass-through's good answers, at a cost to long prompts:"
                + " 50 % of the longest quarter against 60 %",
            "less-early-rejection: 1.20 x forebay's good answers, at a cost to long prompts:"
                + " 10 % of the longest quarter against 50 %")
        .allMatch(line -> line.length() <= 120);
    assertThat(remarks(at(WHOLE, 10, 0.1), at(LESS, 12, 0.1)))
        .singleElement()
        .asString()
        .contains("at no cost to long prompts: 10 %");
  }

  @Test
  void whatMakesNoDifferenceIsToldOnlyWhereAllScoresAreTheSame() {
    assertThat(remarks(at(WHOLE, 10, 0.5), at(LESS, 10, 0.5)))
        .containsExactly("less-early-rejection: no difference on this workload");
    assertThat(remarks(at(WHOLE, 10, 0.5), at(LESS, 10, 0.4))).isEmpty();
  }

  @Test
  void whereTheProductTakesNoPartNothingIsSaid() {
    assertThat(remarks(at(LESS, 12, 0.5), at(RIVAL, 5, 0.5))).isEmpty();
  }

  @Test
  void ratiosAreOfTheOwn1xAndOfTheBestThatIsNotForebay() {
    var whole = at(WHOLE, 10, 0.5);
    Result result = result(whole, at(LESS, 12, 0.5), at(RIVAL, 5, 0.5));
    assertThat(Ratio.BEST_RIVAL.text(result, whole)).isEqualTo("2.00");
    assertThat(Ratio.OWN_1X.text(result, whole)).isEqualTo("-");
  }

  private static List<String> remarks(Standing... standings) {
    return new Remarks(result(standings)).lines();
  }

  private static Result result(Standing... standings) {
    var scenario = Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(1));
    return new Result(scenario, 1, List.of(standings));
  }

  private static Standing at(Contender contender, double good, double longest) {
    var served = new Served(List.of(), List.of(1.0, 1.0, 1.0, longest), longest, 1, 1);
    var queued = new Queued(0, 0, 0);
    var score = new Score(100, good, 0, 1, 1, 0, 0, 0, 0, Added.UNKNOWN, queued, served);
    return new Standing(contender, 10, new Scores(List.of(score)));
  }
}
