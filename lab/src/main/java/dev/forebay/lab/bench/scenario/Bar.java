package dev.forebay.lab.bench.scenario;

import java.util.Locale;

/// What must hold of Forebay's median.
public sealed interface Bar {
  Figure figure();

  /// The bar in words.
  String words();

  /// Where the bar lies, in the figure's unit.
  ///
  /// @param reference nginx's median; not a number where there is none
  double limit(double reference);

  /// Whether the value keeps it; false where there is nothing to compare with.
  boolean kept(double value, double reference);

  /// The value put as the bar puts it.
  String measured(double value, double reference);

  /// At most so many times nginx's.
  record TimesAtMost(Figure figure, double times) implements Bar {
    @Override
    public String words() {
      return "at most %s times nginx's".formatted(number(times));
    }

    @Override
    public double limit(double reference) {
      return times * reference;
    }

    @Override
    public boolean kept(double value, double reference) {
      return value <= limit(reference);
    }

    @Override
    public String measured(double value, double reference) {
      return ratio(value, reference);
    }
  }

  /// At least so many times nginx's.
  record TimesAtLeast(Figure figure, double times) implements Bar {
    @Override
    public String words() {
      return "at least %s times nginx's".formatted(number(times));
    }

    @Override
    public double limit(double reference) {
      return times * reference;
    }

    @Override
    public boolean kept(double value, double reference) {
      return value >= limit(reference);
    }

    @Override
    public String measured(double value, double reference) {
      return ratio(value, reference);
    }
  }

  /// At most so much more than nginx's.
  record MoreAtMost(Figure figure, double more) implements Bar {
    @Override
    public String words() {
      return "at most %s %s more than nginx's".formatted(number(more), figure.unit());
    }

    @Override
    public double limit(double reference) {
      return reference + more;
    }

    @Override
    public boolean kept(double value, double reference) {
      return value <= limit(reference);
    }

    @Override
    public String measured(double value, double reference) {
      return "%+.3f %s".formatted(value - reference, figure.unit());
    }
  }

  /// At most so much, whatever nginx's is.
  record AtMost(Figure figure, double most) implements Bar {
    @Override
    public String words() {
      return "at most %s %s".formatted(number(most), figure.unit());
    }

    @Override
    public double limit(double reference) {
      return most;
    }

    @Override
    public boolean kept(double value, double reference) {
      return value <= most;
    }

    @Override
    public String measured(double value, double reference) {
      return figure.text(value) + " " + figure.unit();
    }
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }

  private static String ratio(double value, double reference) {
    return String.format(Locale.ROOT, "%.2f times", value / reference);
  }
}
