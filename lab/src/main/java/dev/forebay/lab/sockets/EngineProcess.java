package dev.forebay.lab.sockets;

import dev.forebay.lab.bench.proxy.Java;
import dev.forebay.lab.engine.EngineReadings;
import dev.forebay.lab.simulator.EngineSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/// One of the lab's engines in a process of its own, so that what it costs is nobody else's.
final class EngineProcess implements AutoCloseable {
  /// The name of the model of fake ones.
  static final String MODEL = "lab";

  private static final List<String> SMALL = List.of("-XX:+UseSerialGC", "-Xmx512m");
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:([0-9]+)");

  private final Process process;
  private final int port;

  private EngineProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// An engine that takes as long as the simulated one.
  static EngineProcess fake(EngineSpec spec) throws IOException {
    return start(
        "engine",
        "--port=0",
        "--model=" + MODEL,
        "--gpu=" + spec.cost().gpu().name(),
        "--preset=" + spec.cost().model().name(),
        "--gpus=" + spec.cost().gpus(),
        "--kv-tokens=" + spec.kvTokens(),
        "--max-num-seqs=" + spec.scheduler().maxNumSeqs());
  }

  /// A real one.
  static EngineProcess llama(Path model) throws IOException {
    return start("llama", "--port=0", "--model=" + model);
  }

  private static EngineProcess start(String... command) throws IOException {
    Process process =
        new ProcessBuilder(Java.command(SMALL, "dev.forebay.lab.Lab", command))
            .redirectErrorStream(true)
            .start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher address = ADDRESS.matcher(line);
      if (address.find()) {
        // Read on, or the process would wait for its own words to be read.
        Thread.ofVirtual().start(() -> readOn(out));
        return new EngineProcess(process, Integer.parseInt(address.group(1)));
      }
      said.append(line).append('\n');
    }
    process.destroy();
    throw new IOException("the engine did not start:\n" + said);
  }

  private static void readOn(BufferedReader out) {
    try (out) {
      out.transferTo(Writer.nullWriter());
    } catch (IOException e) {
      // It ended.
    }
  }

  int port() {
    return port;
  }

  /// What a fake one counts now.
  EngineReadings readings() throws IOException {
    var connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + port + "/engine/readings").toURL().openConnection();
    try (var in = connection.getInputStream()) {
      return JsonMapper.shared().readValue(in, EngineReadings.class);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
