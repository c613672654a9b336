package dev.forebay.lab.sdk;

import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.Fault;
import dev.forebay.lab.engine.Faults;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// A gateway in front of engines that are well, slow, broken, busy and large, each for a model of
/// that name, in both dialects: `demo` and `demo-slow` speak OpenAI's, `claude` and `claude-slow`
/// Anthropic's.
final class SdkRig implements AutoCloseable {
  private final FakeEngine first = engine("gpu-1", Faults.none());
  private final FakeEngine second = engine("gpu-2", Faults.none());
  private final FakeEngine slow =
      engine("slow", Faults.always(new Fault.SlowStart(Duration.ofHours(1))));
  private final FakeEngine broken = engine("broken", Faults.always(new Fault.Cut(3, true)));
  private final FakeEngine busy =
      engine("busy", Faults.always(new Fault.Reject(503, Duration.ofSeconds(1))));
  private final FakeEngine large =
      FakeEngine.start(config("large").withMaxModelLen(1 << 20).withTimeScale(1000));
  private final List<FakeEngine> engines = List.of(first, second, slow, broken, busy, large);
  private final Gateway gateway;

  SdkRig() throws Exception {
    StringBuilder yaml =
        new StringBuilder(
            """
            http: {listen: "127.0.0.1:0", drain: 2s}
            admin: {listen: "127.0.0.1:0"}
            log: {access: false, performance: false}
            upstream: {firstContent: 2s}
            pools:
            """);
    for (String speaks : List.of("openai", "anthropic")) {
      String model = speaks.equals("openai") ? "demo" : "claude";
      yaml.append(pool(speaks, model, first, second))
          .append(pool(speaks, model + "-slow", slow))
          .append(pool(speaks, model + "-broken", broken))
          .append(pool(speaks, model + "-busy", busy))
          .append(pool(speaks, model + "-large", large));
    }
    gateway = Gateway.start(new ConfigLoader().parse(yaml.toString(), "test", Path.of("")));
  }

  Gateway gateway() {
    return gateway;
  }

  /// Where the gateway listens, without `/v1`.
  URI root() {
    return URI.create("http://127.0.0.1:" + gateway.port());
  }

  URI v1() {
    return root().resolve("/v1");
  }

  /// Answers that callers left, as the engines noticed.
  long left() {
    return engines.stream().mapToLong(engine -> engine.readings().aborted()).sum();
  }

  /// Tries that the busy engine refused.
  long refused() {
    return busy.readings().faulted();
  }

  boolean idle() {
    return gateway.holding().calls() == 0
        && gateway.holding().bodyBytes() == 0
        && engines.stream().allMatch(engine -> engine.readings().running() == 0);
  }

  @Override
  public void close() {
    gateway.close();
    engines.forEach(FakeEngine::close);
  }

  private static String pool(String speaks, String model, FakeEngine... replicas) {
    return "  %s: {speaks: %s, models: [%s], replicas: %s}\n"
        .formatted(
            model,
            speaks,
            model,
            Stream.of(replicas)
                .map(engine ->
                    "{name: %s-of-%s, url: \"http://127.0.0.1:%d\"}"
                        .formatted(engine.name(), model, engine.port()))
                .toList());
  }

  private static EngineConfig config(String name) {
    return EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
        .withName(name)
        .withModels(
            Stream.of("demo", "claude")
                .flatMap(model ->
                    Stream.of("", "-slow", "-broken", "-busy", "-large").map(model::concat))
                .toArray(String[]::new));
  }

  private static FakeEngine engine(String name, Faults faults) {
    FakeEngine engine = FakeEngine.start(config(name));
    engine.faults(faults);
    return engine;
  }
}
