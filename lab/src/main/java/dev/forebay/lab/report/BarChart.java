package dev.forebay.lab.report;

import java.util.List;
import java.util.OptionalDouble;

/// Lying bars, one a name, with the single values behind each as dots.
///
/// @param title what is measured
/// @param unit of the values
/// @param limit a line that bars are held against
public record BarChart(String title, String unit, List<Bar> bars, OptionalDouble limit) {
  private static final int WIDTH = 360; // a phone's, so that text is as large there as it says
  private static final double LEFT = 74;
  private static final double RIGHT = 58;
  private static final double TOP = 6;
  private static final double ROW = 32;
  private static final double THICK = 16;
  private static final double AXIS = 24;

  /// One bar.
  ///
  /// @param value how long it is: of the values the median, say
  /// @param values a dot each
  /// @param ours whether it is the one that the report is about
  public record Bar(String name, double value, List<Double> values, boolean ours) {
    public Bar {
      values = List.copyOf(values);
    }
  }

  public BarChart {
    bars = List.copyOf(bars);
  }

  /// The figure with its caption.
  public Markup draw() {
    double height = TOP + ROW * bars.size() + AXIS;
    Scale scale = Scale.linear(Math.max(most(), limit.orElse(0)));
    var out = new Markup().open("figure");
    out.open("figcaption").element("b", title).text(" " + unit).close("figcaption");
    out.open(
        "svg",
        "viewBox",
        "0 0 %d %.0f".formatted(WIDTH, height),
        "role",
        "img",
        "aria-label",
        title + ", " + unit);
    grid(out, scale, height - AXIS);
    for (int i = 0; i < bars.size(); i++) {
      bar(out, scale, bars.get(i), TOP + ROW * i + ROW / 2);
    }
    limit.ifPresent(value -> {
      out.open("line", line("limit", x(scale, value), TOP, x(scale, value), height - AXIS));
      out.element("title", "bar: " + Scale.text(value) + " " + unit).close("line");
    });
    return out.close("svg").close("figure");
  }

  private double most() {
    return bars.stream()
        .mapToDouble(bar -> bar.values.stream().mapToDouble(v -> v).reduce(bar.value, Math::max))
        .max()
        .orElse(0);
  }

  private static double x(Scale scale, double value) {
    return LEFT + scale.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private static void grid(Markup out, Scale scale, double bottom) {
    for (double tick : scale.ticks()) {
      double x = x(scale, tick);
      out.empty("line", line("grid", x, TOP, x, bottom));
      out.element(
          "text",
          Scale.text(tick),
          "class",
          "tick",
          "x",
          x,
          "y",
          bottom + 15,
          "text-anchor",
          "middle");
    }
  }

  private static void bar(Markup out, Scale scale, Bar bar, double middle) {
    out.element(
        "text",
        bar.name,
        "class",
        bar.ours ? "name ours" : "name",
        "x",
        LEFT - 8,
        "y",
        middle + 4,
        "text-anchor",
        "end");
    out.empty(
        "rect",
        "class",
        bar.ours ? "bar ours" : "bar",
        "x",
        LEFT,
        "y",
        middle - THICK / 2,
        "width",
        Math.max(0.5, x(scale, bar.value) - LEFT),
        "height",
        THICK,
        "rx",
        2);
    double end = x(scale, bar.value);
    for (double value : bar.values) {
      out.open("circle", "class", "dot", "cx", x(scale, value), "cy", middle, "r", 3);
      out.element("title", Scale.text(value)).close("circle");
      end = Math.max(end, x(scale, value));
    }
    out.element("text", Scale.text(bar.value), "class", "value", "x", end + 8, "y", middle + 4);
  }

  private static Object[] line(String kind, double x1, double y1, double x2, double y2) {
    return new Object[] {"class", kind, "x1", x1, "y1", y1, "x2", x2, "y2", y2};
  }
}
