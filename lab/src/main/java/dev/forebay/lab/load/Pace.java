package dev.forebay.lab.load;

import java.time.Duration;
import java.util.List;

/// How the offered rate moves over time: the inverse of the expected number of arrivals.
///
/// Distances of mean 1, summed and sent through the inverse, arrive at this rate whatever their
/// law.
public sealed interface Pace {

  /// The second by which `count` arrivals are expected, or infinity if they never are.
  double secondOf(double count);

  /// One rate for ever.
  ///
  /// @param rate arrivals a second
  record Flat(double rate) implements Pace {
    public Flat {
      checkRate("rate", rate);
      if (rate == 0) {
        throw new IllegalArgumentException("rate must be > 0, was 0");
      }
    }

    @Override
    public double secondOf(double count) {
      return count / rate;
    }
  }

  /// A rate that moves in a straight line and then stays.
  record Ramp(double from, double to, Duration over) implements Pace {
    public Ramp {
      checkRate("from", from);
      checkRate("to", to);
      if (!over.isPositive()) {
        throw new IllegalArgumentException("over must be > 0s, was " + over);
      }
    }

    @Override
    public double secondOf(double count) {
      double length = seconds(over);
      double within = (from + to) / 2 * length;
      if (count > within) {
        return to == 0 ? Double.POSITIVE_INFINITY : length + (count - within) / to;
      }
      // from × t + (to − from)/(2 × length) × t² = count, in the form that does not cancel
      double slope = (to - from) / length;
      return count == 0
          ? 0
          : 2 * count / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * count)));
    }
  }

  /// One rate after another; nothing arrives after the last.
  record Steps(List<Step> steps) implements Pace {
    public Steps {
      steps = List.copyOf(steps);
      if (steps.isEmpty()) {
        throw new IllegalArgumentException("steps must not be empty");
      }
    }

    @Override
    public double secondOf(double count) {
      double before = 0;
      double left = count;
      for (var step : steps) {
        double inStep = step.rate * seconds(step.length);
        if (left <= inStep && step.rate > 0) {
          return before + left / step.rate;
        }
        left -= inStep;
        before += seconds(step.length);
      }
      return Double.POSITIVE_INFINITY;
    }
  }

  /// A stretch of one rate.
  record Step(double rate, Duration length) {
    public Step {
      checkRate("rate", rate);
      if (!length.isPositive()) {
        throw new IllegalArgumentException("length of a step must be > 0s, was " + length);
      }
    }
  }

  private static void checkRate(String name, double rate) {
    if (!(rate >= 0 && rate <= 1_000_000)) {
      throw new IllegalArgumentException(
          name + " must be >= 0 and <= 1000000 a second, was " + rate);
    }
  }

  private static double seconds(Duration length) {
    return length.toNanos() / 1e9;
  }
}
