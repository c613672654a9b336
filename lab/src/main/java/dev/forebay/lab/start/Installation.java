package dev.forebay.lab.start;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A Forebay that was unpacked from its archive.
///
/// @param folder the one that holds `bin/forebay`
record Installation(Path folder) {
  /// What is there when a machine has nothing but its shell.
  static final Map<String, String> BARE = Map.of("PATH", "/usr/bin:/bin");

  /// Unpacks an archive that holds one folder.
  ///
  /// @throws IOException if it cannot be unpacked
  static Installation unpack(Path archive, Path into) throws IOException, InterruptedException {
    Process tar =
        new ProcessBuilder("tar", "-xzf", archive.toAbsolutePath().toString())
            .directory(into.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!tar.waitFor(60, TimeUnit.SECONDS) || tar.exitValue() != 0) {
      throw new IOException("cannot unpack " + archive + ": " + said.strip());
    }
    try (Stream<Path> folders = Files.list(into)) {
      Path folder =
          folders
              .filter(Installation::isForebay)
              .findFirst()
              .orElseThrow(() -> new IOException(archive + " holds no bin/forebay"));
      return new Installation(folder);
    }
  }

  private static boolean isForebay(Path folder) {
    return Files.isExecutable(folder.resolve("bin/forebay"));
  }

  /// The command that serves with a configuration.
  List<String> serve(Path config) {
    return List.of(launcher(), "serve", "--config", config.toString());
  }

  String launcher() {
    return folder.resolve("bin/forebay").toAbsolutePath().toString();
  }
}
