package dev.forebay.lab.load;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Adds up outcomes. For one thread; the tallies of several loops are added at the end.
final class LoadTally {
  final Map<Ending, Long> endings = new EnumMap<>(Ending.class);
  final Map<Integer, Long> statuses = new TreeMap<>();
  final Map<String, Long> reasons = new TreeMap<>();
  final Map<String, Long> replicas = new TreeMap<>();
  final Histogram okLatency = new Histogram(3);
  final Histogram answeredLatency = new Histogram(3);
  final Histogram deadlineLatency = new Histogram(3);
  final Histogram ttft = new Histogram(3);
  final Histogram tpot = new Histogram(3);
  final Histogram lateness = new Histogram(3);
  long attempts;
  long failedOver;
  long deltas;
  long good;

  private final Slo slo;
  private final long timeoutNanos;

  LoadTally(Slo slo, long timeoutNanos) {
    this.slo = slo;
    this.timeoutNanos = timeoutNanos;
  }

  void late(long nanos) {
    lateness.recordValue(nanos);
  }

  void count(LoadOutcome outcome) {
    var ending = outcome.ending();
    endings.merge(ending, 1L, Long::sum);
    if (outcome.status() != 0) {
      statuses.merge(outcome.status(), 1L, Long::sum);
    }
    count(reasons, outcome.reason());
    count(replicas, outcome.replica());
    attempts += outcome.attempts();
    if (outcome.attempts() > 1) {
      failedOver++;
    }
    deltas += outcome.deltas();
    if (outcome.deltas() > 0) {
      ttft.recordValue(outcome.firstNanos());
    }
    if (outcome.deltas() > 1) {
      tpot.recordValue(outcome.perTokenNanos());
    }
    if (ending == Ending.OK) {
      okLatency.recordValue(outcome.endNanos());
      good += good(outcome) ? 1 : 0;
    }
    if (ending.answered()) {
      answeredLatency.recordValue(outcome.endNanos());
    }
    if (ending != Ending.CANCELLED) {
      deadlineLatency.recordValue(ending == Ending.OK ? outcome.endNanos() : timeoutNanos);
    }
  }

  void add(LoadTally other) {
    other.endings.forEach((key, n) -> endings.merge(key, n, Long::sum));
    other.statuses.forEach((key, n) -> statuses.merge(key, n, Long::sum));
    other.reasons.forEach((key, n) -> reasons.merge(key, n, Long::sum));
    other.replicas.forEach((key, n) -> replicas.merge(key, n, Long::sum));
    okLatency.add(other.okLatency);
    answeredLatency.add(other.answeredLatency);
    deadlineLatency.add(other.deadlineLatency);
    ttft.add(other.ttft);
    tpot.add(other.tpot);
    lateness.add(other.lateness);
    attempts += other.attempts;
    failedOver += other.failedOver;
    deltas += other.deltas;
    good += other.good;
  }

  private boolean good(LoadOutcome outcome) {
    var arrival = outcome.arrival();
    return arrival.stream()
        ? slo.metByStream(arrival.promptTokens(), outcome.firstNanos(), outcome.perTokenNanos())
        : slo.metByWhole(arrival.promptTokens(), arrival.outputTokens(), outcome.endNanos());
  }

  private static void count(Map<String, Long> counts, @Nullable String key) {
    if (key != null) {
      counts.merge(key, 1L, Long::sum);
    }
  }
}
