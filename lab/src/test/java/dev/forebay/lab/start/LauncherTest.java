package dev.forebay.lab.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The launcher and what lies around it in `deploy`, without building the archive.
class LauncherTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path DEPLOY = ROOT.resolve("deploy");

  @TempDir Path folder = Path.of("set by JUnit");

  /// An installation whose JVM prints its arguments, each on a line.
  @BeforeEach
  void install() throws IOException {
    Path launcher = folder.resolve("forebay-1/bin/forebay");
    Files.createDirectories(launcher.getParent());
    Files.copy(DEPLOY.resolve("archive/bin/forebay"), launcher);
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Path java = folder.resolve("forebay-1/runtime/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, "#!/bin/sh\nfor a in \"$@\"; do echo \"$a\"; done\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(folder.resolve("forebay-1/lib"));
    Files.writeString(folder.resolve("forebay-1/lib/class-path"), "a.jar\nb.jar\n");
    Files.writeString(folder.resolve("forebay-1/lib/forebay.aot"), "");
  }

  private List<String> launch(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return run(
        environment,
        Stream.concat(
                Stream.of(folder.resolve("forebay-1/bin/forebay").toString()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  private List<String> run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return said.lines().toList();
  }

  @Test
  void passesItsArgumentsOnAsTheyAre() throws IOException, InterruptedException {
    assertThat(launch(Map.of(), "serve", "--config", "my file.yaml", "$(true)"))
        .endsWith("dev.forebay.server.Main", "serve", "--config", "my file.yaml", "$(true)");
  }

  @Test
  void findsItsJarsAlsoThroughALink() throws IOException, InterruptedException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("forebay-1/bin/forebay"));
    Path home = folder.resolve("forebay-1").toRealPath();
    assertThat(run(Map.of(), link.toString(), "version"))
        .contains(home + "/lib/a.jar:" + home + "/lib/b.jar");
  }

  @Test
  void flagsOfTheOperatorComeAfterItsOwn() throws IOException, InterruptedException {
    assertThat(launch(Map.of("FOREBAY_JAVA_OPTS", "-Xmx2g -Da=b"), "version"))
        .containsSubsequence("-XX:+UseSerialGC", "-Xmx512m", "-Xmx2g", "-Da=b");
  }

  @Test
  void namesNoCollectorWhereTheOperatorNamesOne() throws IOException, InterruptedException {
    assertThat(launch(Map.of("FOREBAY_JAVA_OPTS", "-XX:+UseG1GC"), "version"))
        .contains("-XX:+UseG1GC")
        .doesNotContain("-XX:+UseSerialGC");
  }

  @Test
  void saysInOneLineThatTheCacheIsMissingAndGoesOn() throws IOException, InterruptedException {
    Files.delete(folder.resolve("forebay-1/lib/forebay.aot"));
    List<String> said = launch(Map.of(), "version");
    assertThat(said).filteredOn(line -> line.contains("note:")).hasSize(1);
    assertThat(said).noneMatch(line -> line.startsWith("-XX:AOT")).endsWith("version");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "forebay",
        "deploy/archive/bin/forebay",
        "deploy/archive/build",
        "deploy/archive/try"
      })
  void scriptsPassShellcheck(String script) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/shellcheck")), "shellcheck is not installed");
    assertThat(run(Map.of(), "shellcheck", ROOT.resolve(script).toString())).isEmpty();
  }

  @Test
  void systemdFindsNothingWrongWithTheUnit() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd is not installed");
    // It looks whether the program is there, so it is shown the one that is.
    Path unit = folder.resolve("forebay.service");
    Files.writeString(
        unit,
        Files.readString(DEPLOY.resolve("systemd/forebay.service"))
            .replace("/opt/forebay", folder.resolve("forebay-1").toString()));
    assertThat(run(Map.of(), "systemd-analyze", "verify", unit.toString())).isEmpty();
  }
}
