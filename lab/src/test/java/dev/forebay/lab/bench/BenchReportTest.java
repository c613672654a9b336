package dev.forebay.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.bench.scenario.Sample;
import dev.forebay.lab.bench.scenario.Scenario;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchReportTest {
  private static BenchReport report() {
    var results = new Results(Scenario.UNPACED);
    for (double round : new double[] {1, 2, 3}) {
      results.add("nginx", sample(1_000_000 + round));
      results.add("Forebay", sample(500_000 + round));
    }
    results.leaveOut("HAProxy", "<not here>");
    return new BenchReport("./forebay lab bench", "2 cores", List.of(results));
  }

  private static Sample sample(double rate) {
    return new Sample(Map.of("rate", rate, "cpu", 0.5, "busy", 99.0), 1_000, 0, 0.2);
  }

  @Test
  void markdownHasEveryRoundTheMedianTheRatioAndTheVerdict() {
    assertThat(report().markdown())
        .contains("`./forebay lab bench`")
        .contains("| Forebay | 500001 500002 500003 | 500002 | 0.50 | 0.50 | 99 | 0 | 0 |")
        .contains("**MISS** Chunks: 0.50 times (at least 0.6 times nginx's)")
        .contains("HAProxy is left out");
  }

  @Test
  void thePageNeedsNoOtherFileAndShowsADotForEachRound() {
    String html = report().html();

    assertThat(html).startsWith("<!doctype html>").contains("prefers-color-scheme: dark");
    assertThat(html).doesNotContain("<script").doesNotContain("http://").doesNotContain("src=");
    assertThat(html).contains("HAProxy is left out: &lt;not here&gt;");
    int figures = Scenario.UNPACED.figures().size();
    assertThat(html.split("<circle", -1)).hasSize(figures * 6 + 1);
  }
}
