package dev.forebay.lab.sockets;

import dev.forebay.lab.goodput.Figure;
import dev.forebay.lab.goodput.Score;
import dev.forebay.lab.report.Table;
import dev.forebay.lab.sockets.SocketContest.Standing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the standings come to: a table, and the bars.
record Verdict(List<Standing> standings) {
  private static final double BAR_LOAD = 5;
  private static final double BAR_RATIO = 1.2;
  private static final double AIMED_RATIO = 1.5;
  private static final double REFUSAL_LOAD = 10;
  private static final double REFUSAL_MILLIS = 5;
  private static final double AGREEMENT = 0.15;
  private static final double LATE_MILLIS = 50;

  /// One condition and whether it is met.
  record Bar(String what, boolean passed) {
    String line() {
      return (passed ? "PASS   " : "FAILED ") + what;
    }
  }

  Verdict {
    standings = List.copyOf(standings);
  }

  String table() {
    List<String> head = new ArrayList<>(List.of("way", "load"));
    Figure.BY_LOAD.forEach(figure -> head.add(figure.title()));
    head.addAll(
        List.of(
            "at once p99 ms",
            "late p99 ms",
            "simulated: good/s",
            "TTFT p50 ms",
            "p99 ms",
            "sockets / simulated"));
    var table = new Table(head.toArray(String[]::new));
    for (Standing standing : standings) {
      List<String> row = new ArrayList<>(List.of(standing.way().title(), load(standing)));
      Figure.BY_LOAD.forEach(figure -> row.add(figure.text(standing.scores())));
      row.add(number(standing.atOnceP99Millis()));
      row.add(number(standing.lateP99Millis()));
      row.add(number(standing.simulated().mean(Score::goodCalls)));
      row.add(number(standing.simulated().mean(score -> score.firstP50() / 1e6)));
      row.add(number(standing.simulated().mean(score -> score.firstP99() / 1e6)));
      row.add(number(agreement(standing)));
      table.row(row.toArray(String[]::new));
    }
    return table.markdown();
  }

  /// Those that can be told of what was run.
  List<Bar> bars() {
    List<Bar> bars = new ArrayList<>();
    for (Standing own : standings) {
      if (!forebay(own)) {
        continue;
      }
      if (own.load() == BAR_LOAD) {
        best(BAR_LOAD).ifPresent(best -> bars.add(ahead(own, best)));
      }
      if (own.load() == REFUSAL_LOAD) {
        double millis = own.atOnceP99Millis();
        bars.add(
            new Bar(
                String.format(
                    Locale.ROOT,
                    "p99 of a refusal without a wait at %.0fx: %s ms, < %.0f",
                    REFUSAL_LOAD,
                    number(millis),
                    REFUSAL_MILLIS),
                millis < REFUSAL_MILLIS));
      }
    }
    for (Standing standing : standings) {
      boolean compared = forebay(standing) || standing.way() instanceof HaproxyWay;
      if (compared && !standing.simulated().each().isEmpty()) {
        bars.add(agrees(standing));
      }
      if (standing.lateP99Millis() > LATE_MILLIS) {
        bars.add(
            new Bar(
                String.format(
                    Locale.ROOT,
                    "%s at %s: void, users began %.0f ms late",
                    standing.way().name(),
                    load(standing),
                    standing.lateP99Millis()),
                false));
      }
    }
    return bars;
  }

  private Optional<Standing> best(double load) {
    return standings.stream()
        .filter(standing -> standing.load() == load && !forebay(standing))
        .max(Comparator.comparingDouble(Verdict::good));
  }

  private static Bar ahead(Standing own, Standing best) {
    double ratio = good(own) / good(best);
    return new Bar(
        String.format(
            Locale.ROOT,
            "good/s at %.0fx: %.2f x the best other (%s), >= %.1f (aim %.1f: %s)",
            BAR_LOAD,
            ratio,
            best.way().title(),
            BAR_RATIO,
            AIMED_RATIO,
            ratio >= AIMED_RATIO ? "met" : "missed"),
        ratio >= BAR_RATIO);
  }

  private static Bar agrees(Standing standing) {
    double ratio = agreement(standing);
    return new Bar(
        String.format(
            Locale.ROOT,
            "%s at %s: %.2f x what the simulator says, within %.0f %%",
            standing.way().name(),
            load(standing),
            ratio,
            100 * AGREEMENT),
        Math.abs(ratio - 1) <= AGREEMENT);
  }

  private static double good(Standing standing) {
    return standing.scores().mean(Score::goodCalls);
  }

  /// NaN where the simulator says nothing.
  private static double agreement(Standing standing) {
    return good(standing) / standing.simulated().mean(Score::goodCalls);
  }

  private static boolean forebay(Standing standing) {
    return standing.way() instanceof ForebayWay;
  }

  private static String load(Standing standing) {
    return String.format(Locale.ROOT, "%.1fx", standing.load());
  }

  /// `-` where there is none.
  static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }
}
