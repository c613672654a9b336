package dev.forebay.lab.bench.scenario;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The stretch of a round that counts: load settles, then work and CPU are read at both ends.
final class Window {
  /// Work since the last reading.
  record Count(long done, long failed) {}

  private Window() {}

  /// Measures a load that runs already.
  ///
  /// @param read takes the count since it was last called
  /// @return CPU for each piece of work, work a second and the part of a core that was used
  static Sample of(Order order, Runnable begin, Supplier<Count> read) throws InterruptedException {
    sleep(order.settle());
    begin.run();
    long failedBefore = read.get().failed;
    Duration cpu = CpuClock.read(order.pids());
    long from = System.nanoTime();
    sleep(order.window());
    Count counted = read.get();
    long took = System.nanoTime() - from;
    Duration used = CpuClock.read(order.pids()).minus(cpu);
    return sample(counted.done, counted.failed + failedBefore, Duration.ofNanos(took), used);
  }

  static Sample sample(long done, long failed, Duration took, Duration cpu) {
    return new Sample(
        Map.of(
            Figure.CPU_REQUEST.key(), cpu.toNanos() / 1e3 / Math.max(1, done),
            Figure.REQUESTS.key(), done * 1e9 / took.toNanos(),
            Figure.BUSY.key(), 100.0 * cpu.toNanos() / took.toNanos()),
        done,
        failed,
        0);
  }

  /// Figures that [#of] has.
  static List<Figure> ofRequests() {
    return List.of(Figure.CPU_REQUEST, Figure.REQUESTS, Figure.BUSY);
  }

  /// Figures that [#of] has, the work being chunks.
  static List<Figure> ofChunks() {
    return List.of(Figure.CPU_CHUNK, Figure.CHUNKS, Figure.BUSY);
  }

  private static void sleep(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }
}
