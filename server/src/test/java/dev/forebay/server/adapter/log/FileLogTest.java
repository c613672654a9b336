package dev.forebay.server.adapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLogTest {
  private static final int FILE = 10_000;
  private static final int LINE = 100;

  @TempDir Path folder;

  @Test
  void theFilesTogetherStayWithinTheirBound() throws IOException {
    var context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%msg%n");
    FileLog log = new FileLog(context, folder, "x.log", encoder, FILE);
    for (int i = 0; i < 4000; i++) {
      log.logger().info("x".repeat(LINE - 1));
    }
    context.stop();

    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    assertThat(log.dropped()).isZero();
    assertThat(files).hasSizeBetween(3, 6).contains(folder.resolve("x.log"));
    assertThat(files.stream().mapToLong(file -> file.toFile().length()).sum())
        .isLessThanOrEqualTo(5L * FILE + 2 * LINE);
    assertThat(files)
        .allSatisfy(file -> assertThat(file.toFile().length()).isLessThanOrEqualTo(FILE + LINE));
  }
}
