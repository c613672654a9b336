package dev.forebay.lab.goodput;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// What the runs of one thing from several seeds are worth.
public record Scores(List<Score> each) {
  /// Student's t for a two-sided 95 % and 1, 2, ... degrees of freedom; beyond, nearly 1.96.
  private static final List<Double> STUDENT =
      List.of(12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26);

  public Scores {
    each = List.copyOf(each);
  }

  /// Of the runs that have that figure; NaN if none has.
  public double mean(ToDoubleFunction<Score> figure) {
    return each.stream()
        .mapToDouble(figure)
        .filter(value -> !Double.isNaN(value))
        .average()
        .orElse(Double.NaN);
  }

  /// Half the width of the 95 % interval of the mean; NaN of one seed.
  double spread(ToDoubleFunction<Score> figure) {
    int n = each.size();
    if (n < 2) {
      return Double.NaN;
    }
    double mean = mean(figure);
    double squares =
        each.stream().mapToDouble(figure).map(value -> (value - mean) * (value - mean)).sum();
    double t = n - 2 < STUDENT.size() ? STUDENT.get(n - 2) : 2;
    return t * Math.sqrt(squares / (n - 1) / n);
  }

  /// Lists of the same length, value by value.
  List<Double> means(Function<Score, List<Double>> figures) {
    int length = each.isEmpty() ? 0 : figures.apply(each.getFirst()).size();
    return IntStream.range(0, length)
        .mapToObj(i -> mean(score -> figures.apply(score).get(i)))
        .toList();
  }
}
