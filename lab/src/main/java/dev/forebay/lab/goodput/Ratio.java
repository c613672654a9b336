package dev.forebay.lab.goodput;

import java.util.Locale;
import java.util.Optional;

/// A column of the tables that sets good answers a second beside others of the same contest.
enum Ratio {
  OWN_1X(
      "of own 1x", "good/s beside what the same policy has at 1x: 1 or more if it does not fall"),
  BEST_RIVAL("of best rival", "good/s beside the most that a policy other than forebay has there");

  private final String title;
  private final String meaning;

  Ratio(String title, String meaning) {
    this.title = title;
    this.meaning = meaning;
  }

  String title() {
    return title;
  }

  String meaning() {
    return meaning;
  }

  /// `-` where there is nothing to set it beside.
  String text(Result result, Standing standing) {
    double other = other(result, standing).map(Standing::good).orElse(0.0);
    return other == 0 ? "-" : String.format(Locale.ROOT, "%.2f", standing.good() / other);
  }

  private Optional<Standing> other(Result result, Standing standing) {
    return switch (this) {
      case OWN_1X -> result.of(standing.contender(), 1);
      case BEST_RIVAL -> result.bestRival(standing.load());
    };
  }
}
