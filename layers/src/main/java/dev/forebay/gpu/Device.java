package dev.forebay.gpu;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is wrong with one device, by one look at it after another: a bad one trips, and only three
/// good ones in a row make it well again. One that cannot be looked at stays as it was: what fell
/// off the bus is not well because nobody finds it.
///
/// Safe for many threads at once.
final class Device {
  private static final int WELL_AFTER = 3;

  private @Nullable Tripwire wrong;
  private int good;

  /// Takes what was read of it; empty if it could not be read.
  ///
  /// @param preallocates whether its engine takes all its memory at its start
  /// @return what is wrong from now on
  synchronized Optional<Tripwire> looked(Optional<DeviceReading> reading, boolean preallocates) {
    if (reading.isPresent()) {
      Optional<Tripwire> trips = Tripwire.of(reading.get(), preallocates);
      good = trips.isPresent() ? 0 : good + 1;
      if (trips.isPresent() || good >= WELL_AFTER) {
        wrong = trips.orElse(null);
      }
    }
    return Optional.ofNullable(wrong);
  }

  /// What is wrong with it, if anything is.
  synchronized Optional<Tripwire> wrong() {
    return Optional.ofNullable(wrong);
  }
}
