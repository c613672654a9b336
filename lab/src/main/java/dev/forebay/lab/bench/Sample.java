package dev.forebay.lab.bench;

import java.time.Duration;

/// One measured window. It crosses from the load's process to the bench as a line of text.
///
/// @param count answers or stream chunks that came through
/// @param failed answers refused and connections lost
/// @param took the window
/// @param cpu what the proxy used in it, in user and kernel mode
record Sample(long count, long failed, Duration took, Duration cpu) {
  double microsEach() {
    return cpu.toNanos() / 1e3 / Math.max(1, count);
  }

  double perSecond() {
    return count * 1e9 / took.toNanos();
  }

  /// The part of one core that the proxy used.
  double busy() {
    return (double) cpu.toNanos() / took.toNanos();
  }

  String line() {
    return "%d %d %d %d".formatted(count, failed, took.toNanos(), cpu.toNanos());
  }

  static Sample parse(String line) {
    String[] parts = line.split(" ", -1);
    if (parts.length != 4) {
      throw new IllegalStateException("the load said: " + line);
    }
    return new Sample(
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        Duration.ofNanos(Long.parseLong(parts[2])),
        Duration.ofNanos(Long.parseLong(parts[3])));
  }
}
