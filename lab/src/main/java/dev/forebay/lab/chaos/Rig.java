package dev.forebay.lab.chaos;

import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.EngineObserver;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.lab.load.LoadTarget;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// The real gateway in front of fake engines, all in this process on loopback ports.
public final class Rig implements AutoCloseable {
  /// What the engines serve.
  public static final String MODEL = "lab";

  private final List<FakeEngine> engines = new ArrayList<>();
  private final Gateway gateway;

  /// @param extra lines of configuration laid over the rig's own; each top-level key at most once
  public Rig(int replicas, EngineObserver observer, UnaryOperator<EngineConfig> shape, String extra)
      throws IOException, InterruptedException {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < replicas; i++) {
      EngineConfig config =
          EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
              .withName("engine-" + i)
              .withModels(MODEL);
      engines.add(FakeEngine.start(shape.apply(config), observer));
      yaml.append(
          "      - {name: engine-%d, url: http://127.0.0.1:%d}%n"
              .formatted(i, engines.get(i).port()));
    }
    gateway =
        Gateway.start(
            new ConfigLoader()
                .parse(
                    """
                    http: {listen: "127.0.0.1:0", drain: 2s}
                    admin: {listen: "127.0.0.1:0"}
                    log: {access: false, performance: false}
                    pools:
                      lab:
                        models: [%s]
                        probe: {every: 200ms}
                        replicas:
                    %s%s
                    """
                        .formatted(MODEL, yaml, extra),
                    "the rig",
                    Path.of(".")));
  }

  public Gateway gateway() {
    return gateway;
  }

  public FakeEngine engine(int number) {
    return engines.get(number);
  }

  public List<FakeEngine> engines() {
    return engines;
  }

  public LoadTarget target() {
    return LoadTarget.local("http://127.0.0.1:" + gateway.port(), MODEL);
  }

  /// Waits until nothing is under way any more.
  ///
  /// @return what is still held after at most five seconds
  public Gateway.Holding settle() throws InterruptedException {
    long until = System.nanoTime() + 5_000_000_000L;
    Gateway.Holding holding = gateway.holding();
    while (System.nanoTime() - until < 0
        && (holding.calls() != 0 || holding.bodyBytes() != 0 || busyEngines())) {
      Thread.sleep(20);
      holding = gateway.holding();
    }
    return holding;
  }

  private boolean busyEngines() {
    return engines.stream().anyMatch(e -> e.readings().running() + e.readings().waiting() > 0);
  }

  @Override
  public void close() {
    gateway.close();
    engines.forEach(FakeEngine::close);
  }
}
