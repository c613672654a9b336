package dev.forebay.lab.sdk;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The clients from npm, driven by `lab/sdk/run.mjs`. They are installed once into `target/sdk`.
public final class NpmSdk {
  private static final Path SOURCE = Path.of(Files.isDirectory(Path.of("lab")) ? "lab/sdk" : "sdk");
  private static final Path INSTALLED = SOURCE.resolveSibling("target").resolve("sdk");
  private static final List<String> FILES =
      List.of(
          "package.json",
          "package-lock.json",
          "run.mjs",
          "openai.mjs",
          "ai.mjs",
          "anthropic.mjs",
          "delays.mjs");
  private static final ObjectMapper JSON = new ObjectMapper();

  private NpmSdk() {}

  /// Does the scenarios to a server. Skips the test, saying so, where node or npm is missing or npm
  /// cannot reach a registry.
  ///
  /// @param client the module that drives it: `openai`, `ai` or `anthropic`
  /// @param baseUrl as the client wants it
  public static List<Verdict> run(
      String client, URI baseUrl, String model, Collection<Scenario> scenarios) throws Exception {
    install();
    List<String> command =
        Stream.concat(
                Stream.of("node", "run.mjs", client, baseUrl.toString(), model),
                scenarios.stream().map(Scenario::toString))
            .toList();
    Tool.Result result = Tool.run(INSTALLED, Duration.ofMinutes(3), command);
    if (result.status() > 1) {
      throw new IllegalStateException(command + " ended with " + result);
    }
    return result.out().lines().map(NpmSdk::verdict).toList();
  }

  /// What a client does about refusals with these headers: a line of `delays.mjs` for each.
  static List<JsonNode> delays(String client, List<Map<String, String>> refusals) throws Exception {
    install();
    var command = List.of("node", "delays.mjs", client, JSON.writeValueAsString(refusals), "20");
    Tool.Result result = Tool.run(INSTALLED, Duration.ofMinutes(1), command);
    if (result.status() != 0) {
      throw new IllegalStateException(command + " ended with " + result);
    }
    return result.out().lines().map(JSON::readTree).toList();
  }

  private static Verdict verdict(String line) {
    JsonNode said = JSON.readTree(line);
    String name = said.path("scenario").asString();
    return new Verdict(
        Stream.of(Scenario.values())
            .filter(scenario -> scenario.toString().equals(name))
            .findFirst()
            .orElseThrow(),
        said.path("ok").asBoolean(),
        said.path("detail").asString());
  }

  private static synchronized void install() throws Exception {
    for (String tool : List.of("node", "npm")) {
      Assumptions.assumeTrue(Tool.found(tool), "skipped: " + tool + " is not on the PATH");
    }
    Path lock = INSTALLED.resolve("package-lock.json");
    Path done = INSTALLED.resolve("node_modules/.package-lock.json"); // npm writes it last
    boolean same =
        Files.exists(done) && Files.mismatch(lock, SOURCE.resolve("package-lock.json")) < 0;
    Files.createDirectories(INSTALLED);
    for (String file : FILES) {
      Files.write(INSTALLED.resolve(file), Files.readAllBytes(SOURCE.resolve(file)));
    }
    if (same) {
      return;
    }
    Files.deleteIfExists(done);
    Tool.Result result =
        Tool.run(
            INSTALLED,
            Duration.ofMinutes(3),
            List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
    Assumptions.assumeFalse(
        result.status() != 0
            && result.err().matches("(?s).*(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT).*"),
        "skipped: npm cannot reach a registry");
    if (result.status() != 0) {
      throw new IllegalStateException("npm ci ended with " + result);
    }
  }
}
