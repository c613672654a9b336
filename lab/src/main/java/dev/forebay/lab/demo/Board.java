package dev.forebay.lab.demo;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What the terminal shows: a table that is drawn over itself, or a line each time where the output
/// is no terminal.
final class Board {
  private final PrintWriter out;
  private final boolean terminal;
  private int drawn;

  Board(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /// One replica's row.
  ///
  /// @param calls that it got so far
  /// @param share of the calls since the last drawing, 0 to 1
  record Row(String name, String state, long calls, double share, int running) {}

  /// Says something that stays.
  void say(String text) {
    erase();
    out.println(text);
    out.flush();
  }

  void draw(long second, double perSecond, Traffic.Reading now, List<Row> rows) {
    erase();
    if (!terminal) {
      out.println(line(second, perSecond, now, rows));
      out.flush();
      return;
    }
    out.println(
        String.format(
            Locale.ROOT,
            "%6s %9s %7s %7s %5s %12s %10s %9s %9s",
            "time",
            "offered",
            "served",
            "failed",
            "cut",
            "failed over",
            "in flight",
            "TTFT p50",
            "p99"));
    out.println(
        String.format(
            Locale.ROOT,
            "%4d s %7.1f/s %7d %7d %5d %12d %10d %6.0f ms %6.0f ms",
            second,
            perSecond,
            now.served(),
            now.failed(),
            now.cut(),
            now.failedOver(),
            now.inFlight(),
            now.p50Millis(),
            now.p99Millis()));
    out.println();
    for (Row row : rows) {
      out.println(
          String.format(
              Locale.ROOT,
              "  %-6s %-16s %6d calls %4.0f %%  %-20s %3d running",
              row.name,
              coloured(row.state),
              row.calls,
              row.share * 100,
              "■".repeat((int) Math.round(row.share * 20)),
              row.running));
    }
    drawn = rows.size() + 3;
    out.flush();
  }

  private void erase() {
    if (drawn > 0) {
      out.print("\u001b[" + drawn + "A\u001b[J");
      drawn = 0;
    }
  }

  private static String line(long second, double perSecond, Traffic.Reading now, List<Row> rows) {
    return String.format(
            Locale.ROOT,
            "%4d s  offered %.1f/s  served %d  failed %d  cut %d  failed over %d  in flight %d"
                + "  TTFT p50 %.0f p99 %.0f ms",
            second,
            perSecond,
            now.served(),
            now.failed(),
            now.cut(),
            now.failedOver(),
            now.inFlight(),
            now.p50Millis(),
            now.p99Millis())
        + rows.stream()
            .map(row ->
                String.format(
                    Locale.ROOT,
                    "  | %s %s %d %.0f %%",
                    row.name,
                    row.state,
                    row.calls,
                    row.share * 100))
            .collect(Collectors.joining());
  }

  /// Padded first: what colours has no width.
  private static String coloured(String state) {
    int colour = state.equals("up") ? 32 : state.startsWith("slow") ? 33 : 31;
    return "\u001b[" + colour + "m" + String.format(Locale.ROOT, "%-16s", state) + "\u001b[0m";
  }
}
