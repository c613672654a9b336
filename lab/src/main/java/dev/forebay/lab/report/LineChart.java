package dev.forebay.lab.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Values over something, a line a series, with a legend.
///
/// @param x what the values are over, with its unit
/// @param y what they are, with its unit
/// @param logarithmic whether the values' axis is in powers of ten; values <= 0 are then left out
public record LineChart(
    String title, String x, String y, List<Series> series, boolean logarithmic) {
  private static final int WIDTH = 360;
  private static final double HEIGHT = 240;
  private static final double LEFT = 44;
  private static final double RIGHT = 12;
  private static final double TOP = 10;
  private static final double BOTTOM = 34;

  /// Eight are told apart by colour; a ninth begins again.
  private static final int COLOURS = 8;

  /// One line.
  public record Series(String name, List<Point> points) {
    public Series {
      points = List.copyOf(points);
    }
  }

  /// One value.
  public record Point(double x, double y) {}

  public LineChart {
    series = List.copyOf(series);
  }

  /// The figure with caption and legend.
  public Markup draw() {
    Scale across = Scale.linear(most(true));
    Scale up =
        logarithmic
            ? Scale.log(least(), Math.max(least(), most(false)))
            : Scale.linear(most(false));
    var out = new Markup().open("figure");
    out.open("figcaption").element("b", title).text(" " + y).close("figcaption");
    out.open(
        "svg",
        "viewBox",
        "0 0 %d %.0f".formatted(WIDTH, HEIGHT),
        "role",
        "img",
        "aria-label",
        title + ": " + y + " over " + x);
    axes(out, across, up);
    for (int i = 0; i < series.size(); i++) {
      line(out, across, up, i);
    }
    out.close("svg");
    legend(out);
    return out.close("figure");
  }

  private double most(boolean across) {
    return series.stream()
        .flatMap(line -> line.points.stream())
        .mapToDouble(point -> across ? point.x : point.y)
        .max()
        .orElse(1);
  }

  private double least() {
    return series.stream()
        .flatMap(line -> line.points.stream())
        .mapToDouble(Point::y)
        .filter(value -> value > 0)
        .min()
        .orElse(1);
  }

  private void axes(Markup out, Scale across, Scale up) {
    for (double tick : up.ticks()) {
      double y = y(up, tick);
      out.empty("line", "class", "grid", "x1", LEFT, "y1", y, "x2", WIDTH - RIGHT, "y2", y);
      out.element(
          "text",
          Scale.text(tick),
          "class",
          "tick",
          "x",
          LEFT - 6,
          "y",
          y + 4,
          "text-anchor",
          "end");
    }
    for (double tick : across.ticks()) {
      out.element(
          "text",
          Scale.text(tick),
          "class",
          "tick",
          "x",
          x(across, tick),
          "y",
          HEIGHT - BOTTOM + 15,
          "text-anchor",
          "middle");
    }
    out.element(
        "text",
        x,
        "class",
        "tick",
        "x",
        (LEFT + WIDTH - RIGHT) / 2,
        "y",
        HEIGHT - 4,
        "text-anchor",
        "middle");
  }

  private void line(Markup out, Scale across, Scale up, int number) {
    String colour = " s" + number % COLOURS;
    var points =
        series.get(number).points.stream().filter(point -> !logarithmic || point.y > 0).toList();
    out.empty(
        "polyline",
        "class",
        "line" + colour,
        "points",
        points.stream()
            .map(point ->
                String.format(Locale.ROOT, "%.1f,%.1f", x(across, point.x), y(up, point.y)))
            .collect(Collectors.joining(" ")));
    for (Point point : points) {
      out.open(
          "circle",
          "class",
          "point" + colour,
          "cx",
          x(across, point.x),
          "cy",
          y(up, point.y),
          "r",
          2.5);
      out.element(
              "title",
              "%s: %s at %s"
                  .formatted(series.get(number).name, Scale.text(point.y), Scale.text(point.x)))
          .close("circle");
    }
  }

  private void legend(Markup out) {
    out.open("p", "class", "legend");
    for (int i = 0; i < series.size(); i++) {
      out.open("span").element("i", "", "class", "s" + i % COLOURS);
      out.text(series.get(i).name).close("span");
    }
    out.close("p");
  }

  private static double x(Scale scale, double value) {
    return LEFT + scale.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private static double y(Scale scale, double value) {
    return HEIGHT - BOTTOM - scale.at(value) * (HEIGHT - TOP - BOTTOM);
  }
}
