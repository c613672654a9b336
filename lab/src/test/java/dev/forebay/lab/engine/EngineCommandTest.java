package dev.forebay.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class EngineCommandTest {

  @Test
  void startsAsManyEnginesAsAskedWithWhatIsAsked() {
    var command = new EngineCommand();
    new CommandLine(command)
        .parseArgs(
            "--port=0",
            "--replicas=3",
            "--gpu=h200",
            "--preset=llama-3-70b",
            "--gpus=2",
            "--model=deepseek-chat",
            "--time-scale=50",
            "--kv-tokens=32000",
            "--faults={\"seed\":1,\"chances\":[{\"probability\":1,\"fault\":{\"kind\":\"gzip\"}}]}");
    var engines = command.start();
    try {
      assertThat(engines).extracting(FakeEngine::name).contains("engine-0", "engine-2");
      assertThat(engines).extracting(FakeEngine::port).doesNotHaveDuplicates();
      assertThat(engines.getFirst().config().models()).containsExactly("deepseek-chat");
      assertThat(engines.getFirst().config().scheduler().kvBlocks()).isEqualTo(2_000);
      assertThat(engines.getLast().faults()).isEqualTo(Faults.always(new Fault.Gzip()));
    } finally {
      engines.forEach(FakeEngine::close);
    }
  }

  @Test
  void startsAReplayer() {
    var command = new ReplayerCommand();
    new CommandLine(command).parseArgs("--port=0", "--chunks=3", "--interval=PT0S");
    try (var replayer = command.start()) {
      assertThat(replayer.port()).isPositive();
    }
  }
}
