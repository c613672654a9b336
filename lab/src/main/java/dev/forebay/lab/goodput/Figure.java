package dev.forebay.lab.goodput;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// A column of the tables.
@SuppressWarnings("ImmutableEnumChecker") // what reads a score has no state
public enum Figure {
  GOOD_CALLS("good/s", 2, Score::goodCalls, "good answers a second"),
  GOOD_TOKENS("good tokens/s", 0, Score::goodTokens, "tokens of good answers a second"),
  ATTAINED_PERCENT(
      "good %", 1, score -> 100 * score.attained(), "share of the intents that got a good answer"),
  CLIENT_TRIES("client tries", 2, Score::clientTries, "calls that a client makes for an intent"),
  UPSTREAM_TRIES(
      "engine tries", 2, Score::upstreamTries, "attempts that reach an engine, for an intent"),
  PREEMPTIONS(
      "preemptions", 0, Score::preemptions, "times that an engine undid work for want of KV cache"),
  TTFT_P50_MS(
      "TTFT p50 ms", 0, score -> score.firstP50() / 1e6, "from the first try to the first token"),
  TTFT_P99_MS("TTFT p99 ms", 0, score -> score.firstP99() / 1e6, "the same"),
  ADDED_P50_MS(
      "added p50 ms",
      1,
      score -> score.added().p50() / 1e6,
      "how much later first tokens come than with no gate, up to 1x"),
  ADDED_P99_MS("added p99 ms", 1, score -> score.added().p99() / 1e6, "the same"),
  QUEUED_P50_MS(
      "queued p50 ms",
      1,
      score -> score.queued().p50() / 1e6,
      "wait to be let in, of those that got a token; - where nothing queues"),
  QUEUED_P99_MS("queued p99 ms", 1, score -> score.queued().p99() / 1e6, "the same"),
  QUEUED_PERCENT(
      "queued %", 1, score -> 100 * score.queued().share(), "share of them that waited at all"),
  REFUSAL_P99_MS(
      "refusal p99 ms", 1, score -> score.refusedP99() / 1e6, "how long it takes to be refused"),
  LONGEST_TO_BEST(
      "longest : best",
      2,
      score -> score.served().longestToBest(),
      "good % of the tenth with the longest prompts beside the best tenth's: 1 is even, 0 starves"),
  SHORTEST("shortest %", "good % of the quarter with the shortest prompts", 0),
  SECOND("second %", "of the next quarter", 1),
  THIRD("third %", "and the next", 2),
  LONGEST("longest %", "of the quarter with the longest prompts", 3),
  WORST_TENANT(
      "worst tenant %",
      0, score -> 100 * score.served().leastTenant(), "good % of the tenant that is served worst"),
  BEST_TENANT(
      "best tenant %",
      0, score -> 100 * score.served().mostTenant(), "and of the one that is served best");

  /// What is told of every load.
  public static final List<Figure> BY_LOAD =
      List.copyOf(EnumSet.range(GOOD_CALLS, LONGEST_TO_BEST));

  /// Who gets the good answers, by the length of prompts.
  static final List<Figure> PROMPTS = List.copyOf(EnumSet.range(LONGEST_TO_BEST, LONGEST));

  /// The same by tenant.
  static final List<Figure> TENANTS = List.of(WORST_TENANT, BEST_TENANT);

  /// What clients and engines go through for them.
  static final List<Figure> EFFORT =
      List.of(
          GOOD_TOKENS,
          CLIENT_TRIES,
          UPSTREAM_TRIES,
          PREEMPTIONS,
          TTFT_P50_MS,
          TTFT_P99_MS,
          REFUSAL_P99_MS);

  private final String title;
  private final int digits;
  private final ToDoubleFunction<Score> of;
  private final String meaning;

  Figure(String title, int digits, ToDoubleFunction<Score> of, String meaning) {
    this.title = title;
    this.digits = digits;
    this.of = of;
    this.meaning = meaning;
  }

  Figure(String title, String meaning, int quarter) {
    this(title, 0, score -> 100 * score.served().byPrompt().get(quarter), meaning);
  }

  /// What people read.
  public String title() {
    return title;
  }

  /// What programs read: `goodCalls`.
  String label() {
    var label = new StringBuilder();
    for (String word : name().split("_", -1)) {
      label.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    label.setCharAt(0, Character.toLowerCase(label.charAt(0)));
    return label.toString();
  }

  /// In a line.
  String meaning() {
    return meaning;
  }

  double of(Score score) {
    return of.applyAsDouble(score);
  }

  /// The mean over the seeds, and its interval where it is goodput.
  public String text(Scores scores) {
    double mean = scores.mean(of);
    boolean goodput = this == GOOD_CALLS || this == GOOD_TOKENS;
    double spread = goodput ? scores.spread(of) : Double.NaN;
    String text = Double.isNaN(mean) ? "-" : number(mean);
    return Double.isNaN(spread) ? text : text + " ± " + number(spread);
  }

  private String number(double value) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
