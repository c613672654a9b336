package dev.forebay.lab.sockets;

import dev.forebay.lab.sockets.FirstTokenRun.Result;
import dev.forebay.lab.terminal.Terminal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lab first-token`: overload of a real engine.
@Command(
    name = "first-token",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures when first tokens come from llama.cpp with four slots, behind the gateway.",
      "",
      "At 0.8 times and at 4 times of what it can answer. Allowed under overload is twice the p99 at"
          + " 0.8 times, or 50 ms more; half of what is more is what callers ask for by"
          + " x-deadline-ms.",
      ""
    },
    footer = {"", "Passed: the p99 of those who are let in is within the time that is allowed."})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class FirstTokenCommand implements Callable<Integer> {
  @Mixin private Terminal terminal;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "A GGUF file (default: $FOREBAY_DATA/models/stories260K.gguf).")
  private @Nullable Path model;

  @Option(names = "--window", paramLabel = "S", description = "Seconds of each (default: 30).")
  private int window = 30;

  @Option(names = "--warm-up", paramLabel = "S", description = "Seconds before it (default: 10).")
  private int warmUp = 10;

  @Override
  public Integer call() throws Exception {
    terminal.within("--window", window, 1, 600);
    terminal.within("--warm-up", warmUp, 0, 600);
    Result result =
        new FirstTokenRun(
                model(), Duration.ofSeconds(warmUp), Duration.ofSeconds(window), terminal::say)
            .run();
    terminal.say(
        String.format(
            Locale.ROOT,
            "%s first token at 4x: p99 %.1f ms, <= %.1f",
            result.passed() ? "PASS  " : "FAILED",
            result.over().firstP99() / 1e6,
            result.allowedNanos() / 1e6));
    return result.passed() ? 0 : 1;
  }

  private Path model() {
    Path file = model;
    if (file == null) {
      String data = System.getenv().getOrDefault("FOREBAY_DATA", "");
      file = Path.of(data, "models", "stories260K.gguf");
    }
    terminal.require(Files.isReadable(file), "--model " + file + " cannot be read");
    return file;
  }
}
