package dev.forebay.lab.goodput;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// A column of the tables.
///
/// @param title what people read
/// @param label what programs read
/// @param digits behind the point
/// @param interval whether its interval is told
public record Figure(
    String title, String label, int digits, boolean interval, ToDoubleFunction<Score> of) {
  static final Figure GOOD_CALLS = told("good/s", "goodCalls", 2, Score::goodCalls);

  public static final List<Figure> ALL =
      List.of(
          GOOD_CALLS,
          told("good tokens/s", "goodTokens", 0, Score::goodTokens),
          plain("good %", "attainedPercent", 1, score -> 100 * score.attained()),
          plain("tries of clients", "clientTries", 2, Score::clientTries),
          plain("of engines", "upstreamTries", 2, Score::upstreamTries),
          plain("preemptions", "preemptions", 0, Score::preemptions),
          plain("TTFT p50 ms", "ttftP50Ms", 0, score -> score.firstP50() / 1e6),
          plain("p99 ms", "ttftP99Ms", 0, score -> score.firstP99() / 1e6),
          plain("refusal p99 ms", "refusalP99Ms", 1, score -> score.refusedP99() / 1e6));

  private static Figure told(String title, String label, int digits, ToDoubleFunction<Score> of) {
    return new Figure(title, label, digits, true, of);
  }

  private static Figure plain(String title, String label, int digits, ToDoubleFunction<Score> of) {
    return new Figure(title, label, digits, false, of);
  }

  /// The mean over the seeds.
  public String text(Scores scores) {
    double mean = scores.mean(of);
    double spread = interval ? scores.spread(of) : Double.NaN;
    String text = Double.isNaN(mean) ? "-" : number(mean);
    return Double.isNaN(spread) ? text : text + " ± " + number(spread);
  }

  private String number(double value) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
