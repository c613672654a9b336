package dev.forebay.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.bench.Results.Judgement.Word;
import dev.forebay.lab.bench.scenario.Figure;
import dev.forebay.lab.bench.scenario.Sample;
import dev.forebay.lab.bench.scenario.Scenario;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private final Results results = new Results(Scenario.TLS);
  private final Figure cpu = Scenario.TLS.figures().getFirst();

  private static Sample sample(double cpu) {
    return new Sample(Map.of("cpu", cpu, "rate", 20_000.0, "busy", 60.0), 100_000, 0, 0);
  }

  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
    for (double value : new double[] {9, 1, 4, 2}) {
      results.add("nginx", sample(value));
    }

    assertThat(results.median("nginx", cpu)).isEqualTo(3);
  }

  @Test
  void aBarIsKeptUpToItsLimit() {
    results.add("nginx", sample(10));
    results.add("Forebay", sample(12));

    assertThat(results.judgements()).singleElement().matches(each -> each.word() == Word.PASS);
    assertThat(results.judgements().getFirst().words())
        .isEqualTo("CPU per request: 1.20 times (at most 1.2 times nginx's)");
  }

  @Test
  void aBarIsMissedBeyondIt() {
    results.add("nginx", sample(10));
    results.add("Forebay", sample(12.1));

    assertThat(results.judgements()).singleElement().matches(each -> each.word() == Word.MISS);
  }

  @Test
  void withoutNginxNothingIsSaidOfABarThatIsRelativeToIt() {
    results.add("Forebay", sample(12));

    assertThat(results.judgements()).singleElement().matches(each -> each.word() == Word.UNKNOWN);
  }

  @Test
  void forebayLeftOutBreaksTheBenchButVoidRoundsAreNoFaultOfIts() {
    results.add("Forebay", new Turn(Optional.empty(), 3));
    assertThat(results.broken()).isFalse();
    assertThat(results.empty()).isTrue();

    results.leaveOut("Forebay", "it does not listen");
    assertThat(results.broken()).isTrue();
  }
}
