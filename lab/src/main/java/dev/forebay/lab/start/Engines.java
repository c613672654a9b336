package dev.forebay.lab.start;

import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Two fake engines in this process, a hundred times faster than real ones, for a gateway in
/// another process.
final class Engines implements AutoCloseable {
  static final String MODEL = "lab";
  static final String CLAUDE = "claude-lab";

  private static final int COUNT = 2;
  private static final double TIMES_FASTER = 100;

  private final List<FakeEngine> engines = new ArrayList<>();

  Engines() {
    for (int i = 0; i < COUNT; i++) {
      engines.add(
          FakeEngine.start(
              EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
                  .withName("engine-" + i)
                  .withModels(MODEL, CLAUDE)
                  .withTimeScale(TIMES_FASTER)));
    }
  }

  /// Writes a small configuration of a gateway in front of them, patient enough for a machine that
  /// is busy building.
  Path configure(Path folder, int port, int adminPort) throws IOException {
    String replicas =
        String.join(
            ", ",
            engines.stream().map(e -> "\"http://127.0.0.1:%d\"".formatted(e.port())).toList());
    return Files.writeString(
        folder.resolve("forebay.yaml"),
        """
        http: {listen: "127.0.0.1:%d"}
        admin: {listen: "127.0.0.1:%d"}
        log: {directory: %s}
        upstream: {connect: 10s}
        pools:
          chat:
            models: [%s]
            replicas: [%s]
            probe: {timeout: 10s}
        """
            .formatted(port, adminPort, folder.resolve("logs"), MODEL, replicas));
  }

  /// The same with a pool that speaks Anthropic's dialect.
  Path configureBothDialects(Path folder, int port, int adminPort) throws IOException {
    Path config = configure(folder, port, adminPort);
    return Files.writeString(
        config,
        Files.readString(config)
            + """
              claude:
                speaks: anthropic
                models: [%s]
                replicas: [{name: other, url: "http://127.0.0.1:%d"}]
                probe: {timeout: 10s}
            """
                .formatted(CLAUDE, engines.getFirst().port()));
  }

  /// The smallest call, plain or as a stream.
  static String chat(boolean stream) {
    return "{\"model\":\"%s\",\"max_tokens\":8,\"stream\":%s,%s}".formatted(MODEL, stream, says());
  }

  static String says() {
    return "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";
  }

  @Override
  public void close() {
    engines.forEach(FakeEngine::close);
  }
}
