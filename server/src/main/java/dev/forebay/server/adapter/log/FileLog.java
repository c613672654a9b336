package dev.forebay.server.adapter.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// One file that is written behind a bounded queue: who logs never waits for the disk, and what the
/// queue cannot take is dropped and counted.
///
/// The file is rolled each day and at its size limit; at most five files of that size are kept.
/// Safe for all threads.
final class FileLog {
  private static final int QUEUE = 8192;

  /// The size limit that everybody but tests wants.
  static final long FILE_BYTES = 100 * FileSize.MB_COEFFICIENT;

  private static final int FILES = 5;
  private static final int DAYS = 30;
  private static final int FLUSH_MILLIS = 5000;

  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder dropped = new LongAdder();
  private final Logger logger;

  /// @param file the name; what stands before its last dot names the logger too
  /// @param fileBytes when it is rolled
  /// @throws IOException if the file cannot be written
  FileLog(
      LoggerContext context,
      Path directory,
      String file,
      Encoder<ILoggingEvent> encoder,
      long fileBytes)
      throws IOException {
    String name = file.substring(0, file.lastIndexOf('.'));
    String suffix = file.substring(file.lastIndexOf('.'));

    encoder.setContext(context);
    encoder.start();
    var writer = new Writer();
    writer.setContext(context);
    writer.setName(file);
    writer.setFile(directory.resolve(file).toString());
    writer.setEncoder(encoder);

    var rolling = new SizeAndTimeBasedRollingPolicy<ILoggingEvent>();
    rolling.setContext(context);
    rolling.setParent(writer);
    rolling.setFileNamePattern(directory.resolve(name + ".%d{yyyy-MM-dd}.%i" + suffix).toString());
    rolling.setMaxFileSize(new FileSize(fileBytes));
    // The file that is written counts too.
    rolling.setTotalSizeCap(new FileSize((FILES - 1) * fileBytes));
    rolling.setMaxHistory(DAYS);
    rolling.start();
    writer.setRollingPolicy(rolling);
    writer.start();
    if (!writer.isStarted()) {
      throw new IOException("cannot write " + directory.resolve(file) + reason(context));
    }

    var queue = new Queue();
    queue.setContext(context);
    queue.setName(file + " queue");
    queue.setQueueSize(QUEUE);
    queue.setNeverBlock(true);
    queue.setDiscardingThreshold(0);
    queue.setMaxFlushTime(FLUSH_MILLIS);
    queue.addAppender(writer);
    queue.start();

    logger = context.getLogger(name);
    logger.setAdditive(false);
    logger.setLevel(Level.INFO);
    logger.addAppender(queue);
  }

  Logger logger() {
    return logger;
  }

  /// Lines that found the queue full.
  long dropped() {
    return dropped.sum();
  }

  private static String reason(LoggerContext context) {
    return context.getStatusManager().getCopyOfStatusList().stream()
        .filter(status -> status.getLevel() == Status.ERROR && status.getThrowable() != null)
        .map(status -> ": " + status.getThrowable().getMessage())
        .findFirst()
        .orElse("");
  }

  /// Logback's own queue drops in silence; so lines are counted in and out, and none is put where
  /// there is no room.
  private final class Queue extends AsyncAppender {
    @Override
    protected void append(ILoggingEvent event) {
      if (waiting.incrementAndGet() > QUEUE) {
        waiting.decrementAndGet();
        dropped.increment();
      } else {
        super.append(event);
      }
    }
  }

  private final class Writer extends RollingFileAppender<ILoggingEvent> {
    @Override
    public void doAppend(ILoggingEvent event) {
      try {
        super.doAppend(event);
      } finally {
        waiting.decrementAndGet();
      }
    }
  }
}
