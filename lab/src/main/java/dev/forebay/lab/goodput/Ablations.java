package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Forebay;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What is to be said of the product less an ingredient, beside the product itself, where the
/// figures alone could be misread.
record Ablations(Result result) {
  private static final Contender WHOLE = new Forebay();

  /// Less is not worth a word.
  private static final double MORE = 1.01;

  /// A line for each that makes no difference at all, or has more good answers at the highest load.
  List<String> remarks() {
    List<Standing> whole = result.of(WHOLE);
    List<String> remarks = new ArrayList<>();
    for (Contender contender : result.contenders()) {
      if (contender instanceof Forebay && !contender.equals(WHOLE) && !whole.isEmpty()) {
        if (scores(contender).equals(scores(WHOLE))) {
          remarks.add(contender.name() + " makes no difference on this workload.");
        } else {
          remarks.addAll(price(contender));
        }
      }
    }
    return remarks;
  }

  private List<Scores> scores(Contender contender) {
    return result.of(contender).stream().map(Standing::scores).toList();
  }

  private List<String> price(Contender contender) {
    Standing less = result.of(contender, result.most());
    Standing whole = result.of(WHOLE, result.most());
    if (!(less.good() > MORE * whole.good())) {
      return List.of();
    }
    double own = less.scores().mean(Figure.LONGEST_TO_BEST::of);
    double other = whole.scores().mean(Figure.LONGEST_TO_BEST::of);
    return List.of(
        String.format(
            Locale.ROOT,
            "%s has %.2f x the good answers of forebay, %s:"
                + " it serves %s %% of the longest quarter, forebay %s %%.",
            contender.name(),
            less.good() / whole.good(),
            own < other ? "bought from long prompts" : "and not from long prompts",
            Figure.LONGEST.text(less.scores()),
            Figure.LONGEST.text(whole.scores())));
  }
}
