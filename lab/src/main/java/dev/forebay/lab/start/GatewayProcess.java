package dev.forebay.lab.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A gateway in a process of its own.
final class GatewayProcess implements AutoCloseable {
  private static final Duration LONGEST_START = Duration.ofSeconds(60);
  private static final int LONGEST_STOP_SECONDS = 60;

  private final Process process;
  private final Path said;
  private final long bornNanos;

  private GatewayProcess(Process process, Path said, long bornNanos) {
    this.process = process;
    this.said = said;
    this.bornNanos = bornNanos;
  }

  /// @param environment all that the process gets of one
  /// @param folder where it works and what it says is kept
  static GatewayProcess start(List<String> command, Map<String, String> environment, Path folder)
      throws IOException {
    Path said = folder.resolve("said.log");
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    long born = System.nanoTime();
    return new GatewayProcess(builder.start(), said, born);
  }

  long pid() {
    return process.pid();
  }

  /// Since it was born.
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - bornNanos);
  }

  /// What it printed so far.
  String said() throws IOException {
    return Files.readString(said);
  }

  /// Waits for the first 200 of `/readyz`.
  ///
  /// @return the age it then had
  /// @throws IOException if it ends, or takes a minute
  Duration awaitReady(int adminPort) throws IOException, InterruptedException {
    while (Answer.get(adminPort, "/readyz").status() != 200) {
      if (!process.isAlive() || age().compareTo(LONGEST_START) > 0) {
        throw new IOException("the gateway did not become ready; it said: " + said());
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
    return age();
  }

  /// Sends SIGTERM and waits.
  ///
  /// @return its exit status
  /// @throws IOException if it does not end within a minute
  int stop() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("the gateway did not stop on SIGTERM; it said: " + said());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
