package dev.forebay.lab.simulator;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.TraceRow;
import dev.forebay.lab.simulator.Wishes.Wish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// A recorded trace, row by row from a place that the seed draws, and from its begin after its end:
/// its lengths and its short bursts, at the pace that is asked for. What moves over hundreds of
/// rows is taken out, so that every stretch of it is as much load as another.
///
/// @param rows by time, two at least
public record TraceWorkload(String name, EngineSpec engine, List<TraceRow> rows)
    implements Workload {
  /// Nothing is known of who asked.
  private static final int TENANTS = 4;

  /// Rows before and after one whose distances count as its neighbourhood's.
  private static final int AROUND = 100;

  public TraceWorkload {
    rows = apart(rows);
    if (rows.size() < 2 || rows.getLast().atNanos() <= rows.getFirst().atNanos()) {
      throw new IllegalArgumentException(name + " has no two calls one after the other");
    }
  }

  private static List<TraceRow> apart(List<TraceRow> rows) {
    List<TraceRow> apart = new ArrayList<>(rows.size());
    int begin = 0;
    for (int end = 1; end <= rows.size(); end++) {
      long at = rows.get(begin).atNanos();
      if (end == rows.size() || rows.get(end).atNanos() != at) {
        long step = end == rows.size() ? 1 : (rows.get(end).atNanos() - at) / (end - begin);
        for (int i = begin; i < end; i++) {
          TraceRow row = rows.get(i);
          apart.add(
              new TraceRow(
                  at + step * (i - begin), row.promptTokens(), row.outputTokens(), row.blocks()));
        }
        begin = end;
      }
    }
    return List.copyOf(apart);
  }

  @Override
  public List<Intent> intents(Pace pace, Duration length, long seed) {
    return Wishes.intents((_, contents) -> new Rows(contents), pace, length, seed);
  }

  private final class Rows implements Wishes.Source {
    private final RandomGenerator contents;
    private int at;

    Rows(RandomGenerator contents) {
      this.contents = contents;
      this.at = contents.nextInt(rows.size());
    }

    @Override
    public double gap() {
      long before = rows.get(at).atNanos();
      at = (at + 1) % rows.size();
      return at == 0 ? 1 : (rows.get(at).atNanos() - before) / usual();
    }

    /// The mean distance around here.
    private double usual() {
      int from = Math.max(0, at - AROUND);
      int to = Math.min(rows.size() - 1, at + AROUND);
      long span = rows.get(to).atNanos() - rows.get(from).atNanos();
      return Math.max(1.0, (double) span / (to - from));
    }

    @Override
    public Wish wish() {
      TraceRow row = rows.get(at);
      return new Wish(
          "tenant-" + contents.nextInt(TENANTS),
          row.promptTokens(),
          row.outputTokens(),
          row.blocks());
    }
  }
}
