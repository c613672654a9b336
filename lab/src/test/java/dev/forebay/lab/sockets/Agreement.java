package dev.forebay.lab.sockets;

import dev.forebay.lab.simulator.Ran;
import dev.forebay.lab.simulator.Story;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// How far two runs decided alike, arrival by arrival.
///
/// @param arrivals that both have
/// @param share of them about which both decided the same
/// @param chance that share if each decided as often for the same, but at random
/// @param pairs how often it was decided what
record Agreement(int arrivals, double share, double chance, Map<String, Integer> pairs) {
  Agreement {
    pairs = new TreeMap<>(pairs);
  }

  /// Matches arrivals by their numbers.
  static Agreement of(Ran one, Ran other, Function<Story, String> decision) {
    List<String> ones = decisions(one, decision);
    List<String> others = decisions(other, decision);
    int arrivals = Math.min(ones.size(), others.size());
    Map<String, Integer> ofOne = new TreeMap<>();
    Map<String, Integer> ofOther = new TreeMap<>();
    Map<String, Integer> pairs = new TreeMap<>();
    int alike = 0;
    for (int i = 0; i < arrivals; i++) {
      boolean same = ones.get(i).equals(others.get(i));
      alike += same ? 1 : 0;
      ofOne.merge(ones.get(i), 1, Integer::sum);
      ofOther.merge(others.get(i), 1, Integer::sum);
      pairs.merge(same ? ones.get(i) : ones.get(i) + " / " + others.get(i), 1, Integer::sum);
    }
    double byChance = 0;
    for (var each : ofOne.entrySet()) {
      byChance += (double) each.getValue() * ofOther.getOrDefault(each.getKey(), 0);
    }
    return new Agreement(
        arrivals, (double) alike / arrivals, byChance / arrivals / arrivals, pairs);
  }

  private static List<String> decisions(Ran ran, Function<Story, String> decision) {
    return ran.stories().stream()
        .sorted(Comparator.comparingInt(story -> story.intent().number()))
        .map(decision)
        .toList();
  }

  /// How much of what chance does not explain is alike: 1 if all is, 0 if nothing; and 1 if there
  /// was nothing to decide.
  ///
  /// @see <a href="https://doi.org/10.1177/001316446002000104">Cohen, A Coefficient of Agreement
  ///   for Nominal Scales</a>
  double kappa() {
    return share == 1 ? 1 : (share - chance) / (1 - chance);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d arrivals, %.1f %% decided alike (by chance %.1f %%, kappa %.2f): %s",
        arrivals,
        100 * share,
        100 * chance,
        kappa(),
        pairs);
  }
}
