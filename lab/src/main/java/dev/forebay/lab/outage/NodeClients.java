package dev.forebay.lab.outage;

import dev.forebay.lab.bench.proxy.Programs;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Real clients of the npm package `openai` in a process of Node, each of which wants something
/// every second. The package is installed once, beside the build.
final class NodeClients {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What they did.
  record Count(long intents, long attempts, long upstream, long failed) {
    double attemptsEach() {
      return attempts / (double) Math.max(1, intents);
    }
  }

  private final Process process;

  private NodeClients(Process process) {
    this.process = process;
  }

  static NodeClients start(URI baseUrl, int clients, int seconds)
      throws IOException, InterruptedException {
    Path home = install();
    return new NodeClients(
        new ProcessBuilder(
                "node",
                "crowd.mjs",
                baseUrl.toString(),
                Integer.toString(clients),
                Integer.toString(seconds))
            .directory(home.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  /// Waits for the last of them.
  Count join() throws IOException, InterruptedException {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("node ended with " + process.exitValue() + ": " + said);
    }
    JsonNode count = JSON.readTree(said);
    return new Count(
        count.path("intents").asLong(),
        count.path("attempts").asLong(),
        count.path("upstream").asLong(),
        count.path("failed").asLong());
  }

  private static Path install() throws IOException, InterruptedException {
    for (String tool : List.of("node", "npm")) {
      if (Programs.find(tool).isEmpty()) {
        throw new IOException("needs " + tool + ", which is not on the PATH");
      }
    }
    Path source = Path.of(Files.isDirectory(Path.of("lab")) ? "lab/sdk" : "sdk");
    Path home = source.resolveSibling("target").resolve("sdk");
    Files.createDirectories(home);
    Files.write(home.resolve("crowd.mjs"), Files.readAllBytes(source.resolve("crowd.mjs")));
    Path lock = home.resolve("package-lock.json");
    if (Files.exists(home.resolve("node_modules/.package-lock.json"))
        && Files.mismatch(lock, source.resolve("package-lock.json")) < 0) {
      return home;
    }
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.write(home.resolve(file), Files.readAllBytes(source.resolve(file)));
    }
    Process npm =
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("npm.log").toFile())
            .start();
    if (!npm.waitFor(3, TimeUnit.MINUTES) || npm.exitValue() != 0) {
      npm.destroyForcibly();
      throw new IOException("the clients cannot be installed; see " + home.resolve("npm.log"));
    }
    return home;
  }
}
