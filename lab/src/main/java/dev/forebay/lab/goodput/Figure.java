package dev.forebay.lab.goodput;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// The columns of the tables.
enum Figure {
  GOOD_CALLS("good/s", "goodCalls", 2, Score::goodCalls),
  GOOD_TOKENS("good tokens/s", "goodTokens", 0, Score::goodTokens),
  ATTAINED("good %", "attainedPercent", 1, score -> 100 * score.attained()),
  CLIENT_TRIES("tries of clients", "clientTries", 2, Score::clientTries),
  UPSTREAM_TRIES("of engines", "upstreamTries", 2, Score::upstreamTries),
  PREEMPTIONS("preemptions", "preemptions", 0, Score::preemptions),
  FIRST_P50("TTFT p50 ms", "ttftP50Ms", 0, score -> score.firstP50() / 1e6),
  FIRST_P99("p99 ms", "ttftP99Ms", 0, score -> score.firstP99() / 1e6),
  REFUSED_P99("refusal p99 ms", "refusalP99Ms", 1, score -> score.refusedP99() / 1e6);

  private final String title;
  private final String label;
  private final int digits;
  private final ToDoubleFunction<Score> figure;

  Figure(String title, String label, int digits, ToDoubleFunction<Score> figure) {
    this.title = title;
    this.label = label;
    this.digits = digits;
    this.figure = figure;
  }

  String title() {
    return title;
  }

  /// The name for programs.
  String label() {
    return label;
  }

  double of(Score score) {
    return figure.applyAsDouble(score);
  }

  /// The mean over the seeds; of goodput with its interval.
  String text(Standing standing) {
    double mean = standing.mean(figure);
    double spread =
        this == GOOD_CALLS || this == GOOD_TOKENS ? standing.spread(figure) : Double.NaN;
    String text = Double.isNaN(mean) ? "-" : number(mean);
    return Double.isNaN(spread) ? text : text + " ± " + number(spread);
  }

  private String number(double value) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
