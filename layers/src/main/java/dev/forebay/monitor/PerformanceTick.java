package dev.forebay.monitor;

import dev.forebay.monitor.PerformanceWindow.Reading;
import dev.forebay.pipeline.Tick;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Says every few seconds, in one line that people and log pipelines read, how the gateway does:
///
/// `2024-03-15 14:30:22 INFO [metrics] requests_processed=12450 success_rate=0.997
/// avg_latency=482ms gpu_util=68%`
///
/// The moment is UTC and ends the window that the line is about; what counts is told by
/// `PerformanceWindow`. The rate is rounded down, so that `1.000` means that nothing failed.
/// `gpu_util` is `n/a` where nobody tells it.
public final class PerformanceTick implements Tick {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Duration every;
  private final PerformanceWindow window;
  private final Supplier<OptionalDouble> gpuUtilisation;
  private final Consumer<String> lines;

  /// @param every the length of a window
  /// @param gpuUtilisation of the fleet now, 0..1; empty if unknown
  /// @param lines gets each line, without its end
  public PerformanceTick(
      Duration every,
      PerformanceWindow window,
      Supplier<OptionalDouble> gpuUtilisation,
      Consumer<String> lines) {
    this.every = every;
    this.window = window;
    this.gpuUtilisation = gpuUtilisation;
    this.lines = lines;
  }

  @Override
  public Duration every() {
    return every;
  }

  @Override
  public void turn(Instant now) {
    lines.accept(line(now, window.close(), gpuUtilisation.get()));
  }

  static String line(Instant now, Reading reading, OptionalDouble gpuUtilisation) {
    return SECONDS.format(now)
        + " INFO [metrics] requests_processed="
        + reading.processed()
        + " success_rate="
        + thousandths(reading)
        + " avg_latency="
        + Math.round(reading.latencyMillis())
        + "ms gpu_util="
        + (gpuUtilisation.isPresent()
            ? Math.round(100 * gpuUtilisation.getAsDouble()) + "%"
            : "n/a");
  }

  /// In whole numbers: 997/1000 as a double is a little less than 0.997 and would be cut to 0.996.
  private static String thousandths(Reading reading) {
    long rate =
        reading.processed() == 0 ? 1_000 : 1_000 * reading.successes() / reading.processed();
    return rate == 1_000 ? "1.000" : "0." + Long.toString(1_000 + rate).substring(1);
  }
}
