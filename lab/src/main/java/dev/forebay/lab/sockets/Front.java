package dev.forebay.lab.sockets;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What callers are sent to while it stands.
///
/// @param headers that a call must carry for it
/// @param end ends its process; nothing where there is none
record Front(int port, Map<String, String> headers, Runnable end) implements AutoCloseable {
  private static final long START = TimeUnit.SECONDS.toNanos(30);

  /// Starts a process in its folder and waits until it listens.
  static Front start(Path folder, List<String> command, int port, Map<String, String> headers)
      throws IOException, InterruptedException {
    Path said = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    var front = new Front(port, headers, () -> end(process));
    long until = System.nanoTime() + START;
    while (process.isAlive() && System.nanoTime() - until < 0) {
      try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return front;
      } catch (IOException notYet) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    front.close();
    throw new IOException(
        command.getFirst() + " does not start: " + Files.readString(said).strip());
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public void close() {
    end.run();
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(3, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
