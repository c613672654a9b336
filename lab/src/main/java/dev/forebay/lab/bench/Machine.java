package dev.forebay.lab.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the figures were measured on.
final class Machine {
  private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files\\s+(\\d+)");

  private Machine() {}

  /// In a sentence, with how busy it was before the bench.
  static String sentence() throws IOException {
    return String.format(
        Locale.ROOT,
        "%d cores of %s, Linux %s, JDK %s; load average %.1f at the start.",
        Runtime.getRuntime().availableProcessors(),
        processor(),
        System.getProperty("os.version"),
        Runtime.version(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  /// How many files a process may have open.
  static int openFiles() throws IOException {
    return parseLimits(Files.readString(Path.of("/proc/self/limits")));
  }

  static int parseLimits(String limits) {
    Matcher found = OPEN_FILES.matcher(limits);
    // "unlimited" is no number
    return found.find() ? (int) Math.min(1_000_000, Long.parseLong(found.group(1))) : 1_000_000;
  }

  private static String processor() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    }
  }
}
