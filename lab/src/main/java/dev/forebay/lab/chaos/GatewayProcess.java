package dev.forebay.lab.chaos;

import dev.forebay.lab.bench.proxy.Java;
import dev.forebay.server.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A gateway in a process of its own, for what only a process can show: signals and its exit.
public final class GatewayProcess implements AutoCloseable {
  private static final String LISTENING = "Listening on http://127.0.0.1:";

  private final Process process;
  private final int port;

  private GatewayProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Starts one and waits until it listens.
  ///
  /// @param folder where the configuration is written; the process runs there
  /// @param yaml its configuration, which must leave the choice of port to the system
  static GatewayProcess start(Path folder, String yaml) throws IOException {
    return start(folder, List.of(), yaml);
  }

  /// The same with more flags for its JVM.
  public static GatewayProcess start(Path folder, List<String> flags, String yaml)
      throws IOException {
    Path config = Files.writeString(folder.resolve("forebay.yaml"), yaml);
    Process process =
        new ProcessBuilder(
                Java.command(flags, Main.class.getName(), "serve", "--config", config.toString()))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      if (line.startsWith(LISTENING)) {
        int port = Integer.parseInt(line.substring(LISTENING.length(), line.indexOf("/v1")));
        // Read on, or the process would wait for its own words to be read.
        Thread.ofVirtual().start(() -> readOn(out));
        return new GatewayProcess(process, port);
      }
    }
    process.destroy();
    throw new IOException("the gateway did not start:\n" + said);
  }

  private static void readOn(BufferedReader out) {
    try (out) {
      while (out.readLine() != null) {
        // what it says now is of no interest
      }
    } catch (IOException e) {
      // It ended.
    }
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  /// Sends SIGTERM.
  void terminate() {
    process.destroy();
  }

  /// Waits for the exit.
  ///
  /// @return whether it came within that time
  boolean exits(Duration within) throws InterruptedException {
    return process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
