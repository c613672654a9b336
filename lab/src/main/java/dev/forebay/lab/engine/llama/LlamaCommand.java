package dev.forebay.lab.engine.llama;

import dev.forebay.lab.terminal.Terminal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lab llama`: a real engine to put the gateway in front of.
@Command(
    name = "llama",
    description = "Runs llama.cpp with a GGUF model as an OpenAI-shaped server on 127.0.0.1.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields in before it calls
public final class LlamaCommand implements Callable<Integer> {
  @Mixin private Terminal terminal;

  @Option(names = "--model", required = true, paramLabel = "FILE", description = "A GGUF file.")
  private Path model;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8030",
      description = "Where to listen; 0 for any free port (default: ${DEFAULT-VALUE}).")
  private int port;

  @Override
  public Integer call() throws Exception {
    terminal.require(Files.isReadable(model), "--model " + model + " cannot be read");
    try (LlamaEngine engine = LlamaEngine.start(model, port)) {
      terminal.say("llama.cpp serves %s on %s".formatted(engine.model(), engine.address()));
      new CountDownLatch(1).await(); // until the process is told to stop
    }
    return 0;
  }
}
