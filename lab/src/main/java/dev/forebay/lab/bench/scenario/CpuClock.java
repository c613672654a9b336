package dev.forebay.lab.bench.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// CPU time of processes, all their threads together, in user and kernel mode, as the kernel counts
/// it: in steps of 10 ms.
final class CpuClock {
  private static final Duration TICK = Duration.ofMillis(10); // USER_HZ is 100 on every Linux
  private static final int UTIME = 11; // counted from behind the name, which may hold blanks
  private static final int STIME = 12;

  private CpuClock() {}

  static Duration read(List<Long> pids) {
    return pids.stream()
        .map(CpuClock::stat)
        .map(CpuClock::parse)
        .reduce(Duration.ZERO, Duration::plus);
  }

  /// @param stat what /proc/PID/stat says, as proc(5) tells
  static Duration parse(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return TICK.multipliedBy(Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]));
  }

  private static String stat(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/stat"));
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " is gone", e);
    }
  }
}
