package dev.forebay.server.adapter.engine;

import dev.forebay.gpu.Telemetry;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What one kind of engine calls what it shows.
record KnownEngine(String name, Map<Figure, FigureNames> figures) {
  /// A sum of shares may be a little above 1 where the engine rounded; more is no share.
  private static final double LARGEST_SHARE = 1.01;

  /// A double counts exactly up to there.
  private static final double MOST = 1L << 53;

  /// What stands on the page.
  Map<Figure, Double> read(Exposition page) {
    Map<Figure, Double> found = new EnumMap<>(Figure.class);
    figures.forEach((figure, names) -> names.in(page).ifPresent(value -> found.put(figure, value)));
    return found;
  }

  /// Makes telemetry of figures; what cannot be is left out.
  static Telemetry telemetry(Map<Figure, Double> figures, long asked, long answered) {
    OptionalLong blockSize = count(figures, Figure.BLOCK_SIZE, 1);
    OptionalLong tokens = count(figures, Figure.KV_CAPACITY_TOKENS, 1);
    OptionalLong blocks = count(figures, Figure.BLOCKS, 1);
    if (tokens.isEmpty() && blocks.isPresent() && blockSize.isPresent()) {
      double product = (double) blocks.getAsLong() * blockSize.getAsLong();
      tokens = product <= MOST ? OptionalLong.of((long) product) : OptionalLong.empty();
    }
    return new Telemetry(
        asked,
        answered,
        share(figures),
        tokens,
        count(figures, Figure.RUNNING, 0),
        count(figures, Figure.WAITING, 0),
        count(figures, Figure.MAX_NUM_SEQS, 1),
        count(figures, Figure.PREEMPTIONS, 0),
        blockSize,
        count(figures, Figure.PREFIX_HITS, 0),
        count(figures, Figure.PREFIX_QUERIES, 0));
  }

  private static OptionalDouble share(Map<Figure, Double> figures) {
    double share = figures.getOrDefault(Figure.KV_USAGE, Double.NaN);
    return share >= 0 && share <= LARGEST_SHARE
        ? OptionalDouble.of(Math.min(1, share))
        : OptionalDouble.empty();
  }

  private static OptionalLong count(Map<Figure, Double> figures, Figure figure, long least) {
    double count = Math.rint(figures.getOrDefault(figure, Double.NaN));
    return count >= least && count <= MOST ? OptionalLong.of((long) count) : OptionalLong.empty();
  }
}
