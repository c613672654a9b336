package dev.forebay.lab.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `lab engine`: runs fake engines until it is interrupted.
@Command(
    name = "engine",
    mixinStandardHelpOptions = true,
    description = "Runs fake LLM engines that answer like vLLM and take as long.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class EngineCommand implements Callable<Integer> {

  @Option(
      names = "--port",
      defaultValue = "8000",
      description = "port of the first engine, the others follow; 0 takes free ones")
  private int port;

  @Option(names = "--model", description = "names it answers to (default: the preset's)")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--preset",
      defaultValue = "llama-3-8b",
      description = "shape of the model: ${DEFAULT-VALUE}, llama-3-70b, qwen3-32b, ...")
  private String preset;

  @Option(
      names = "--gpu",
      defaultValue = "h100",
      description = "a100-40, a100-80, h100 or h200 (default: ${DEFAULT-VALUE})")
  private String gpu;

  @Option(
      names = "--gpus",
      defaultValue = "1",
      description = "tensor parallel width (default: ${DEFAULT-VALUE})")
  private int gpus;

  @Option(
      names = "--time-scale",
      defaultValue = "1",
      description = "times faster than real (default: ${DEFAULT-VALUE})")
  private double timeScale;

  @Option(
      names = "--replicas",
      defaultValue = "1",
      description = "engines to run (default: ${DEFAULT-VALUE})")
  private int replicas;

  @Option(
      names = "--kv-tokens",
      defaultValue = "0",
      description = "size of the KV pool (default: what the GPU has left)")
  private int kvTokens;

  @Option(
      names = "--max-num-seqs",
      defaultValue = "0",
      description = "sequences running at once (default: vLLM's)")
  private int maxNumSeqs;

  @Option(
      names = "--max-model-len",
      defaultValue = "32768",
      description = "tokens of prompt and answer (default: ${DEFAULT-VALUE})")
  private int maxModelLen;

  @Option(
      names = "--prefix-cache-tokens",
      defaultValue = "0",
      description = "prompt tokens remembered (default: none)")
  private long prefixCacheTokens;

  @Option(
      names = "--random-chunking",
      defaultValue = "0",
      description = "seed for cutting events anywhere (default: off)")
  private long randomChunking;

  @Option(
      names = "--faults",
      defaultValue = "{\"seed\":1,\"chances\":[]}",
      description =
          "JSON such as {\"seed\":1,\"chances\":[{\"probability\":0.1,\"fault\":{\"kind\":\"reject\",\"status\":503}}]}")
  private String faults;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    var engines = start();
    var out = spec.commandLine().getOut();
    for (var engine : engines) {
      out.printf("%s http://127.0.0.1:%d/v1%n", engine.name(), engine.port());
    }
    var first = engines.getFirst();
    out.printf(
        "curl -N http://127.0.0.1:%d/v1/chat/completions -d '{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'%n",
        first.port(), first.config().models().getFirst());
    out.flush();
    new CountDownLatch(1).await();
    return 0;
  }

  List<FakeEngine> start() {
    var drawn = JsonMapper.shared().readValue(faults, Faults.class);
    var engines = new ArrayList<FakeEngine>();
    for (int i = 0; i < replicas; i++) {
      var engine = FakeEngine.start(config(i));
      engine.faults(drawn);
      engines.add(engine);
    }
    return engines;
  }

  private EngineConfig config(int index) {
    var config =
        EngineConfig.of(GpuPreset.named(gpu), ModelPreset.named(preset), gpus)
            .withName("engine-" + index)
            .withPort(port == 0 ? 0 : port + index)
            .withTimeScale(timeScale)
            .withMaxModelLen(maxModelLen)
            .withPrefixCacheTokens(prefixCacheTokens);
    if (!models.isEmpty()) {
      config = config.withModels(models.toArray(String[]::new));
    }
    if (kvTokens > 0) {
      config = config.withScheduler(config.scheduler().withKvTokens(kvTokens));
    }
    if (maxNumSeqs > 0) {
      config = config.withScheduler(config.scheduler().withMaxNumSeqs(maxNumSeqs));
    }
    return randomChunking == 0 ? config : config.withRandomChunking(randomChunking + index);
  }
}
