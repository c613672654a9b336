package dev.forebay.server.adapter.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.Encoder;
import dev.forebay.monitor.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;

/// The log files: `access.json`, a line for every call, and `performance.log`, a line for every
/// reading of the monitor.
///
/// They live in a logging context of their own, so that what the process says on its console is
/// neither changed by them nor mixed into them. Safe for all threads.
public final class Logs implements AutoCloseable {
  private final LoggerContext context = new LoggerContext();
  private final List<FileLog> files = new ArrayList<>();
  private final List<Signals> signals = new ArrayList<>();
  private Consumer<String> performance = _ -> {};

  private Logs() {
    context.setName("forebay-logs");
    context.setMDCAdapter(new LogbackMDCAdapter());
  }

  /// Opens the files that are wanted, and makes their directory if it is missing.
  ///
  /// @throws IOException if they cannot be written
  public static Logs start(LogConfig config) throws IOException {
    Logs logs = new Logs();
    try {
      logs.open(config);
    } catch (IOException | RuntimeException e) {
      logs.close();
      throw e;
    }
    return logs;
  }

  private void open(LogConfig config) throws IOException {
    if (!config.access() && !config.performance()) {
      return;
    }
    Path directory = Files.createDirectories(Path.of(config.directory()));
    context.start();
    if (config.access()) {
      signals.add(new AccessLog(open(directory, "access.json", new AccessEncoder())));
    }
    if (config.performance()) {
      var plain = new PatternLayoutEncoder();
      plain.setPattern("%msg%n");
      plain.setCharset(StandardCharsets.UTF_8);
      performance = new PerformanceLog(open(directory, "performance.log", plain));
    }
  }

  private Logger open(Path directory, String file, Encoder<ILoggingEvent> encoder)
      throws IOException {
    FileLog log = new FileLog(context, directory, file, encoder, FileLog.FILE_BYTES);
    files.add(log);
    return log.logger();
  }

  /// Who must be told of calls; empty if no access log is wanted.
  public List<Signals> signals() {
    return List.copyOf(signals);
  }

  /// Takes a line of readings as it shall stand in the file; drops it if none is wanted.
  public Consumer<String> performance() {
    return performance;
  }

  /// Lines that were not written as the disk was too slow for them.
  public long dropped() {
    return files.stream().mapToLong(FileLog::dropped).sum();
  }

  /// Writes what waits, for at most some seconds, and closes the files. Blocks.
  @Override
  public void close() {
    context.stop();
  }
}
