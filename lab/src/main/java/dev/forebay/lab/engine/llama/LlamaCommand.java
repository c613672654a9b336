package dev.forebay.lab.engine.llama;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `lab llama`: a real engine to put the gateway in front of.
@Command(
    name = "llama",
    description = "Runs llama.cpp with a GGUF model as an OpenAI-shaped server on 127.0.0.1.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields in before it calls
public final class LlamaCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

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
    if (!Files.isReadable(model)) {
      throw new ParameterException(spec.commandLine(), "--model " + model + " cannot be read");
    }
    try (LlamaEngine engine = LlamaEngine.start(model, port)) {
      spec.commandLine()
          .getOut()
          .printf("llama.cpp serves %s on %s%n", engine.model(), engine.address());
      spec.commandLine().getOut().flush();
      new CountDownLatch(1).await(); // until the process is told to stop
    }
    return 0;
  }
}
