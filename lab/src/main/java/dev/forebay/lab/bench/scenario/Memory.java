package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Java;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Bytes that processes hold: what is live in a JVM's heap and what it took outside for buffers, or
/// of other processes what is resident.
public final class Memory {
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");
  private static final Pattern HEAP = Pattern.compile("(?:used|total \\d+K, used) (\\d+)K");

  /// Buffers that are taken by Unsafe and those of the JDK's own are told as "Other".
  private static final Pattern OUTSIDE = Pattern.compile("-\\s+Other \\(.*?committed=(\\d+)KB");

  private Memory() {}

  /// Of a JVM started with native memory tracking what is live after a full collection, of other
  /// processes the resident part.
  ///
  /// @param javaPid 0 if none of the processes is a JVM
  public static long held(List<Long> pids, long javaPid) {
    return javaPid == 0 ? resident(pids) : live(javaPid);
  }

  /// Pages in memory, shared ones counted for each process.
  static long resident(List<Long> pids) {
    return pids.stream().mapToLong(pid -> parseStatus(read(pid))).sum();
  }

  private static long live(long pid) {
    var _ = jcmd(pid, "GC.run");
    return parseHeap(jcmd(pid, "GC.heap_info"))
        + parseNative(jcmd(pid, "VM.native_memory", "summary", "scale=KB"));
  }

  /// @param status of /proc/PID/status
  static long parseStatus(String status) {
    return find(RESIDENT, status) << 10;
  }

  /// The space used by all generations; the metaspace, told last, is none.
  static long parseHeap(String info) {
    int meta = info.indexOf("Metaspace");
    Matcher used = HEAP.matcher(meta < 0 ? info : info.substring(0, meta));
    long sum = 0;
    while (used.find()) {
      sum += Long.parseLong(used.group(1));
    }
    if (sum == 0) {
      throw new IllegalStateException("no heap in: " + info);
    }
    return sum << 10;
  }

  static long parseNative(String summary) {
    return find(OUTSIDE, summary) << 10;
  }

  private static long find(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    if (!found.find()) {
      throw new IllegalStateException("no " + pattern + " in: " + text);
    }
    return Long.parseLong(found.group(1));
  }

  private static String read(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/status"));
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " is gone", e);
    }
  }

  private static String jcmd(long pid, String... command) {
    var builder = new ProcessBuilder(Java.tool("jcmd").toString(), Long.toString(pid));
    builder.command().addAll(List.of(command));
    try {
      Process process = builder.redirectErrorStream(true).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("jcmd does not run", e);
    }
  }
}
