package dev.forebay.lab.bench;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Tells how far the bench is and how long it will still take: what is left as planned, stretched
/// as what is done was.
final class Progress {
  private final LongSupplier clock;
  private final Consumer<String> out;
  private final long began;
  private Duration left;
  private Duration done = Duration.ZERO;

  /// @param planned what all steps together are to take
  /// @param clock nanoseconds
  Progress(Duration planned, LongSupplier clock, Consumer<String> out) {
    this.left = planned;
    this.clock = clock;
    this.out = out;
    this.began = clock.getAsLong();
  }

  /// Something of interest.
  void say(String text) {
    out.accept("[%s left] %s".formatted(text(remaining()), text));
  }

  /// A step is over, or will not be taken.
  ///
  /// @param planned what it was to take
  void step(Duration planned) {
    left = left.minus(planned);
    done = done.plus(planned);
  }

  private Duration remaining() {
    if (done.isZero()) {
      return left;
    }
    double stretch = (double) (clock.getAsLong() - began) / done.toNanos();
    return Duration.ofNanos((long) (left.toNanos() * Math.max(1, stretch)));
  }

  private static String text(Duration time) {
    return time.toSeconds() < 90 ? time.toSeconds() + " s" : (time.toSeconds() + 30) / 60 + " min";
  }
}
