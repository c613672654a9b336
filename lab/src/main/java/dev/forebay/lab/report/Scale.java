package dev.forebay.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Where a value lies on an axis, and what is written along it. Immutable.
public sealed interface Scale {

  /// 0 at the axis' begin, 1 at its end.
  double at(double value);

  /// Where marks stand, in rising order.
  List<Double> ticks();

  /// From zero, in steps of 1, 2 or 5 times a power of ten.
  ///
  /// @param most the largest value that must fit, >= 0
  static Scale linear(double most) {
    return new Linear(most);
  }

  /// In powers of ten.
  ///
  /// @param least the smallest value that must fit, > 0
  /// @param most the largest
  static Scale log(double least, double most) {
    return new Log(least, most);
  }

  /// A number with as many digits as its size deserves.
  static String text(double value) {
    double size = Math.abs(value);
    if (size >= 1_000_000) {
      return digits(value / 1_000_000) + " M";
    }
    return size >= 10_000 ? digits(value / 1_000) + " k" : digits(value);
  }

  private static String digits(double value) {
    double size = Math.abs(value);
    String format = size >= 100 || size == 0 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    String text = String.format(Locale.ROOT, format, value);
    return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
  }

  /// See [#linear].
  final class Linear implements Scale {
    private static final int STEPS = 4;

    private final double step;
    private final double end;

    private Linear(double most) {
      if (!(most >= 0 && most < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("most must be >= 0 and finite, was " + most);
      }
      this.step = step(most == 0 ? 1 : most);
      this.end = Math.max(1, Math.ceil(most / step - 1e-9)) * step;
    }

    private static double step(double most) {
      double rough = most / STEPS;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double times = rough / power;
      return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
    }

    @Override
    public double at(double value) {
      return value / end;
    }

    @Override
    public List<Double> ticks() {
      var ticks = new ArrayList<Double>();
      for (int i = 0; i * step <= end * (1 + 1e-9); i++) {
        ticks.add(i * step);
      }
      return List.copyOf(ticks);
    }
  }

  /// See [#log].
  final class Log implements Scale {
    private final int from;
    private final int to;

    private Log(double least, double most) {
      if (!(least > 0 && most >= least && most < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "least must be > 0 and <= most, was " + least + " of " + most);
      }
      this.from = (int) Math.floor(Math.log10(least));
      this.to = Math.max(from + 1, (int) Math.ceil(Math.log10(most)));
    }

    @Override
    public double at(double value) {
      return (Math.log10(value) - from) / (to - from);
    }

    @Override
    public List<Double> ticks() {
      var ticks = new ArrayList<Double>();
      for (int power = from; power <= to; power++) {
        ticks.add(Math.pow(10, power));
      }
      return List.copyOf(ticks);
    }
  }
}
