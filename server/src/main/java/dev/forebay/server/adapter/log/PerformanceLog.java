package dev.forebay.server.adapter.log;

import java.util.function.Consumer;
import org.slf4j.Logger;

/// Writes each line of readings exactly as it is given. Safe for all threads.
final class PerformanceLog implements Consumer<String> {
  private final Logger logger;

  PerformanceLog(Logger logger) {
    this.logger = logger;
  }

  @Override
  public void accept(String line) {
    logger.info(line);
  }
}
