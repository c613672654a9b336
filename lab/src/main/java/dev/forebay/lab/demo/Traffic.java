package dev.forebay.lab.demo;

import dev.forebay.lab.load.Arrival;
import dev.forebay.lab.load.Arrivals;
import dev.forebay.lab.load.Ending;
import dev.forebay.lab.load.Gap;
import dev.forebay.lab.load.LoadGenerator;
import dev.forebay.lab.load.LoadObserver;
import dev.forebay.lab.load.LoadOptions;
import dev.forebay.lab.load.LoadOutcome;
import dev.forebay.lab.load.LoadTarget;
import dev.forebay.lab.load.Mix;
import dev.forebay.lab.load.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// Streams offered in an open loop, round after round, and what became of all of them.
///
/// What reads and offers belongs to one thread; what the load's loops tell is guarded by the
/// object.
final class Traffic implements LoadObserver, AutoCloseable {
  private static final Mix STREAMS = Mix.of(200, 120, 1);

  private final LoadTarget target;
  private final double rate;
  private final List<LoadGenerator> rounds = new ArrayList<>();
  private final Map<Ending, Long> endings = new EnumMap<>(Ending.class);
  private final Histogram firsts = new Histogram(3);
  private long offered;
  private long failedOver;

  Traffic(LoadTarget target, double rate) {
    this.target = target;
    this.rate = rate;
  }

  /// How it stands.
  ///
  /// @param failed without a whole answer, the cut ones aside
  /// @param cut streams that ended early after their caller had seen something
  /// @param failedOver answers that took more than one attempt
  /// @param p50Millis to the first content, over the answers of the time read; 0 for none
  record Reading(
      long offered,
      long served,
      long failed,
      long cut,
      long failedOver,
      long inFlight,
      double p50Millis,
      double p99Millis) {}

  /// Begins another round; rounds may overlap, as the last answers of one do with the next.
  void offer(Duration length) {
    var calls =
        Arrivals.draw(
            new Gap.Exponential(), new Pace.Flat(rate), length, STREAMS, rounds.size() + 1);
    if (calls.isEmpty()) {
      return;
    }
    var round =
        new LoadGenerator(
            target, calls, LoadOptions.of(rounds.size() + 1).within(Duration.ofMinutes(1)), this);
    rounds.add(round);
    var _ = round.start();
  }

  /// Offers no more calls; those under way go on.
  void stop() {
    rounds.forEach(LoadGenerator::stop);
  }

  /// Reads, with percentiles of the last second or so.
  synchronized Reading read() {
    if (rounds.isEmpty()) {
      return readAll();
    }
    var recent = rounds.getLast().live().read();
    return reading(recent.ttftP50Millis(), recent.ttftP99Millis());
  }

  /// Reads, with percentiles of all there was.
  synchronized Reading readAll() {
    return reading(firsts.getValueAtPercentile(50) / 1e6, firsts.getValueAtPercentile(99) / 1e6);
  }

  @Override
  public synchronized void sending(String id, Arrival arrival) {
    offered++;
  }

  @Override
  public synchronized void ended(LoadOutcome outcome) {
    endings.merge(outcome.ending(), 1L, Long::sum);
    if (outcome.attempts() > 1 && outcome.ending() == Ending.OK) {
      failedOver++;
    }
    if (outcome.deltas() > 0) {
      firsts.recordValue(outcome.firstNanos());
    }
  }

  @Override
  public void close() {
    rounds.forEach(LoadGenerator::close);
  }

  private Reading reading(double p50Millis, double p99Millis) {
    long done = endings.values().stream().mapToLong(Long::longValue).sum();
    long served = count(Ending.OK);
    long cut = count(Ending.CUT) + count(Ending.STREAM_ERROR);
    return new Reading(
        offered,
        served,
        done - served - cut,
        cut,
        failedOver,
        Math.max(0, offered - done),
        p50Millis,
        p99Millis);
  }

  private long count(Ending ending) {
    return endings.getOrDefault(ending, 0L);
  }
}
