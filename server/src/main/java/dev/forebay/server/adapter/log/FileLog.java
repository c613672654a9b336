package dev.forebay.server.adapter.log;

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
import java.io.OutputStream;
import java.nio.file.Path;

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

  private final LineQueue queue;
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

    queue = new LineQueue(QUEUE, writer, writer::flush);
    queue.setContext(context);
    queue.setName(file + " queue");
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
    return queue.dropped();
  }

  private static String reason(LoggerContext context) {
    return context.getStatusManager().getCopyOfStatusList().stream()
        .filter(status -> status.getLevel() == Status.ERROR && status.getThrowable() != null)
        .map(status -> ": " + status.getThrowable().getMessage())
        .findFirst()
        .orElse("");
  }

  /// Writes through a buffer, which is flushed by hand: a line each would be a system call each.
  private static final class Writer extends RollingFileAppender<ILoggingEvent> {
    Writer() {
      setImmediateFlush(false);
    }

    void flush() {
      streamWriteLock.lock();
      try {
        OutputStream out = getOutputStream();
        if (out != null) {
          out.flush();
        }
      } catch (IOException e) {
        addError("cannot write " + getFile(), e);
      } finally {
        streamWriteLock.unlock();
      }
    }
  }
}
