package dev.forebay.lab.engine;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lab replayer`: runs a pre-rendered upstream until it is interrupted.
@Command(
    name = "replayer",
    mixinStandardHelpOptions = true,
    description = "Runs an upstream that costs next to nothing, for benchmarks.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class ReplayerCommand implements Callable<Integer> {

  @Option(names = "--port", defaultValue = "8001", description = "0 takes a free one")
  private int port;

  @Option(names = "--loops", defaultValue = "1", description = "event loops")
  private int loops;

  @Option(names = "--body-bytes", defaultValue = "1024", description = "of a plain answer")
  private int bodyBytes;

  @Option(names = "--chunks", defaultValue = "100", description = "of a stream")
  private int chunks;

  @Option(
      names = "--interval",
      defaultValue = "PT0.05S",
      description = "between chunks, as PT0.05S; PT0S sends as fast as the client takes them")
  private Duration interval;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    try (var replayer = start()) {
      var out = spec.commandLine().getOut();
      out.printf("http://127.0.0.1:%d/v1%n", replayer.port());
      out.printf("curl -N http://127.0.0.1:%d/v1 -d '{\"stream\":true}'%n", replayer.port());
      out.flush();
      new CountDownLatch(1).await();
    }
    return 0;
  }

  Replayer start() {
    return Replayer.start(new ReplayerConfig(port, loops, bodyBytes, chunks, interval));
  }
}
