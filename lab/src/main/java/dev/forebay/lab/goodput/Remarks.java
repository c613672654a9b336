package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Forebay;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What is to be said of the product beside its best rival, and of the product with less beside the
/// whole, where good answers alone could mislead.
record Remarks(Result result) {
  private static final Contender WHOLE = new Forebay();

  /// Less is not worth a word.
  private static final double MORE = 1.01;

  /// None where the product takes no part.
  List<String> lines() {
    return result.of(WHOLE, result.most()).stream().flatMap(this::beside).toList();
  }

  private Stream<String> beside(Standing whole) {
    Stream<String> rival =
        result.bestRival(result.most()).flatMap(best -> price(whole, best)).stream();
    Stream<String> less =
        result.at(result.most()).stream()
            .filter(each -> !each.rival() && !each.equals(whole))
            .flatMap(each ->
                scores(each.contender()).equals(scores(WHOLE))
                    ? Stream.of(each.contender().name() + ": no difference on this workload")
                    : price(each, whole).stream());
    return Stream.concat(rival, less);
  }

  private List<Scores> scores(Contender contender) {
    return result.of(contender).stream().map(Standing::scores).toList();
  }

  /// Nothing unless the first has more good answers.
  private static Optional<String> price(Standing more, Standing other) {
    if (other.good() == 0 || more.good() < MORE * other.good()) {
      return Optional.empty();
    }
    boolean costs = longest(more) < longest(other);
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%s: %.2f x %s's good answers, %s: %.0f %% of the longest quarter against %.0f %%",
            more.contender().name(),
            more.good() / other.good(),
            other.contender().name(),
            costs ? "at a cost to long prompts" : "at no cost to long prompts",
            longest(more),
            longest(other)));
  }

  private static double longest(Standing standing) {
    return standing.scores().mean(Figure.LONGEST::of);
  }
}
