package dev.forebay.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds the word that a typing error was meant to be.
///
/// @see <a href="https://doi.org/10.1145/363958.363994">Damerau, A technique for computer detection
///   and correction of spelling errors, 1964</a>
final class EditDistance {
  private EditDistance() {}

  /// The nearest word, if it is near enough to be meant: a third of its letters may differ.
  static Optional<String> nearest(String word, Collection<String> words) {
    return words.stream()
        .filter(each -> between(word, each) <= Math.max(1, each.length() / 3))
        .min(Comparator.comparingInt(each -> between(word, each)));
  }

  /// Letters inserted, left out, replaced or swapped with their neighbour, whatever their case.
  static int between(String a, String b) {
    String from = a.toLowerCase(Locale.ROOT);
    String to = b.toLowerCase(Locale.ROOT);
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int least = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
        least = Math.min(least, cost[i - 1][j - 1] + (same ? 0 : 1));
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          least = Math.min(least, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = least;
      }
    }
    return cost[from.length()][to.length()];
  }
}
