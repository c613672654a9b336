package dev.forebay.lab.bench.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Portkey's gateway, from npm: what another gateway for language models costs. It listens on every
/// interface and cannot be told otherwise, so it stands only for the scenarios it is measured in.
///
/// @param home where it is installed
public record Portkey(Path home) implements Proxy {
  private static final List<String> FILES = List.of("package.json", "package-lock.json");
  private static final int INSTALL_MINUTES = 3;

  /// The one in the build's folder that this class lies in, where it is installed once.
  public static Portkey besideBuild() {
    return new Portkey(target().resolve("bench").resolve("portkey"));
  }

  private static Path target() {
    String[] classPath = System.getProperty("java.class.path").split(":", -1);
    for (Path at = Path.of(classPath[0]).toAbsolutePath(); at != null; at = at.getParent()) {
      if (at.endsWith("target")) {
        return at;
      }
    }
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  @Override
  public String name() {
    return "Portkey";
  }

  /// Installs it if it is not there yet.
  @Override
  public Optional<String> missing() throws IOException, InterruptedException {
    for (String tool : List.of("node", "npm")) {
      if (Programs.find(tool).isEmpty()) {
        return Optional.of("needs " + tool + ", which is not on the PATH");
      }
    }
    Path done = home.resolve("node_modules/.package-lock.json"); // npm writes it last
    if (Files.exists(done) && same("package-lock.json")) {
      return Optional.empty();
    }
    Files.createDirectories(home);
    for (String file : FILES) {
      Files.write(home.resolve(file), ours(file));
    }
    Process npm =
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("npm.log").toFile())
            .start();
    npm.getOutputStream().close();
    if (!npm.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES)) {
      npm.destroyForcibly();
    }
    return npm.waitFor() == 0
        ? Optional.empty()
        : Optional.of("could not be installed; see " + home.resolve("npm.log"));
  }

  @Override
  public boolean speaks(Wire wire) {
    return wire == Wire.HTTP1;
  }

  /// It takes some fifty times the CPU of nginx for a call.
  @Override
  public double share() {
    return 0.1;
  }

  @Override
  public List<String> command(Front front) {
    return List.of(
        Programs.find("node").orElseThrow().toString(),
        home.resolve("node_modules/@portkey-ai/gateway/build/start-server.js").toString(),
        "--port=" + front.port(),
        "--headless");
  }

  @Override
  public Map<String, String> headers(Front front) {
    return Map.of(
        "x-portkey-provider",
        "openai",
        "x-portkey-custom-host",
        "http://127.0.0.1:" + front.upstream() + "/v1",
        "authorization",
        "Bearer none");
  }

  private boolean same(String file) throws IOException {
    Path installed = home.resolve(file);
    return Files.exists(installed) && Arrays.equals(Files.readAllBytes(installed), ours(file));
  }

  private static byte[] ours(String file) {
    try (InputStream in = Portkey.class.getResourceAsStream("portkey/" + file)) {
      return Objects.requireNonNull(in, file).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
