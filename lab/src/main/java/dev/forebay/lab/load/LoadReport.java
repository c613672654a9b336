package dev.forebay.lab.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/// What a run found. Histograms hold nanoseconds from the intended start.
///
/// Calls that their callers cancelled say nothing about the server and are left out of the shares;
/// every other call stays in, however it ended.
///
/// @param planned arrivals drawn
/// @param offered arrivals reached; fewer than planned only if the run was stopped
/// @param endings how they ended; every ending is a key
/// @param statuses answers by status
/// @param reasons answers by `x-forebay-reason`
/// @param replicas answers by `x-forebay-replica`
/// @param attempts sum of `x-forebay-attempts`
/// @param failedOver answers that took more than one attempt
/// @param deltas pieces of content received
/// @param good complete answers that kept the service level
/// @param span from the first intended moment to the last arrival
/// @param took from the first intended moment to the last end
/// @param okLatency complete 2xx answers only
/// @param answeredLatency every answer that came to its end, refusals too
/// @param deadlineLatency every call but the cancelled, those without a 2xx at the client's timeout
/// @param ttft intended start to first content, of every stream that had content
/// @param tpot mean distance of two deltas, of every stream that had two
/// @param lateness actual minus intended start: the generator's own fault, never the server's
public record LoadReport(
    LoadOptions options,
    long planned,
    long offered,
    Map<Ending, Long> endings,
    Map<Integer, Long> statuses,
    Map<String, Long> reasons,
    Map<String, Long> replicas,
    long attempts,
    long failedOver,
    long deltas,
    long good,
    Duration span,
    Duration took,
    Histogram okLatency,
    Histogram answeredLatency,
    Histogram deadlineLatency,
    Histogram ttft,
    Histogram tpot,
    Histogram lateness) {
  private static final Duration MOST_LATENESS = Duration.ofMillis(5);
  private static final double MOST_UNSENT = 0.001;

  static LoadReport of(
      LoadOptions options, long planned, long spanNanos, long tookNanos, LoadTally tally) {
    var endings = new TreeMap<Ending, Long>();
    for (var ending : Ending.values()) {
      endings.put(ending, tally.endings.getOrDefault(ending, 0L));
    }
    return new LoadReport(
        options,
        planned,
        tally.lateness.getTotalCount(),
        endings,
        tally.statuses,
        tally.reasons,
        tally.replicas,
        tally.attempts,
        tally.failedOver,
        tally.deltas,
        tally.good,
        Duration.ofNanos(Math.max(1, Math.min(spanNanos, tookNanos))),
        Duration.ofNanos(tookNanos),
        tally.okLatency,
        tally.answeredLatency,
        tally.deadlineLatency,
        tally.ttft,
        tally.tpot,
        tally.lateness);
  }

  /// How many ended so.
  public long count(Ending ending) {
    return endings.getOrDefault(ending, 0L);
  }

  /// Calls handed to the network.
  public long sent() {
    return offered - count(Ending.UNSENT);
  }

  /// Share of the calls that were answered whole with 2xx.
  public double successShare() {
    return count(Ending.OK) / (double) Math.max(1, judged());
  }

  /// Share of the calls that were answered within the service level.
  public double goodShare() {
    return good / (double) Math.max(1, judged());
  }

  /// Good answers a second of offering.
  public double goodput() {
    return good * 1e9 / span.toNanos();
  }

  /// Why the run proves nothing, if it does not: the generator, not the server, was too slow.
  public Optional<String> voidReason() {
    double late = lateness.getValueAtPercentile(99);
    if (late > MOST_LATENESS.toNanos()) {
      return Optional.of(
          "p99 lateness %.1f ms is more than %d ms"
              .formatted(late / 1e6, MOST_LATENESS.toMillis()));
    }
    long unsent = count(Ending.UNSENT);
    if (unsent > MOST_UNSENT * offered) {
      return Optional.of(
          "%d of %d calls not sent is more than %.1f %%"
              .formatted(unsent, offered, MOST_UNSENT * 100));
    }
    return Optional.empty();
  }

  /// The report for a terminal.
  public String table() {
    return LoadTable.of(this);
  }

  /// The report for a program: one JSON object, times in milliseconds.
  public String json() {
    return LoadJson.of(this);
  }

  /// Writes `<prefix>.<name>.hgrm` for each histogram that has values, in milliseconds.
  public void writeHistograms(Path prefix) throws IOException {
    for (var entry : histograms().entrySet()) {
      if (entry.getValue().getTotalCount() == 0) {
        continue;
      }
      var file = prefix.resolveSibling(prefix.getFileName() + "." + entry.getKey() + ".hgrm");
      try (var out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
        entry.getValue().outputPercentileDistribution(out, 1e6);
      }
    }
  }

  /// The histograms by the names they are printed under, in print order.
  Map<String, Histogram> histograms() {
    var byName = new LinkedHashMap<String, Histogram>();
    byName.put("ttft", ttft);
    byName.put("tpot", tpot);
    byName.put("ok", okLatency);
    byName.put("answered", answeredLatency);
    byName.put("deadline", deadlineLatency);
    byName.put("lateness", lateness);
    return byName;
  }

  private long judged() {
    return offered - count(Ending.CANCELLED);
  }
}
