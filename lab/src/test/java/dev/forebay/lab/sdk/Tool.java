package dev.forebay.lab.sdk;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Programs of the machine that a test runs.
final class Tool {
  private Tool() {}

  /// What a program left behind.
  record Result(int status, String out, String err) {}

  static boolean found(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }

  /// Runs a program to its end. One that takes longer than `limit` is killed, with its children.
  static Result run(Path folder, Duration limit, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("forebay-tool-", ".out");
    Path err = Files.createTempFile("forebay-tool-", ".err");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(command + " did not end within " + limit);
      }
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }
}
