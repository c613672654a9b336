package dev.forebay.server.upstream.discovery;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Looks for engines at their usual ports of this machine, and for keys of hosted providers in the
/// environment. Sends a prompt to nobody, and a key to nobody.
public final class Discovery {
  private static final Duration LONGEST = Duration.ofSeconds(3);

  /// In this order an engine wins when two list the same model: vLLM, SGLang, llama.cpp, Ollama.
  private static final List<URI> USUAL =
      List.of(
          URI.create("http://127.0.0.1:8000"),
          URI.create("http://127.0.0.1:30000"),
          URI.create("http://127.0.0.1:8080"),
          URI.create("http://127.0.0.1:11434"));

  private final List<URI> addresses;
  private final UnaryOperator<@Nullable String> environment;

  public Discovery() {
    this(USUAL, System::getenv);
  }

  /// Looks elsewhere than at the usual ports.
  ///
  /// @param environment gives the value of a variable, or null
  public Discovery(List<URI> addresses, UnaryOperator<@Nullable String> environment) {
    this.addresses = List.copyOf(addresses);
    this.environment = environment;
  }

  /// Asks all addresses at once; takes some seconds at most.
  ///
  /// @param allowHosted whether hosted providers whose keys are seen become pools
  public Discovered look(boolean allowHosted) throws InterruptedException {
    var hosted = new ArrayList<Hosted>();
    for (Hosted provider : Hosted.values()) {
      String key = environment.apply(provider.variable());
      if (key != null && !key.isBlank()) {
        hosted.add(provider);
      }
    }
    return new Discovered(engines(), hosted, allowHosted, addresses);
  }

  private List<Engine> engines() throws InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var client =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofMillis(500))
                .followRedirects(Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .executor(threads)
                .build()) {
      var probe = new EngineProbe(client);
      List<Callable<Optional<Engine>>> questions = new ArrayList<>();
      for (URI address : addresses) {
        questions.add(() -> probe.ask(address));
      }
      var found = new ArrayList<Engine>();
      for (Future<Optional<Engine>> answer :
          threads.invokeAll(questions, LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
        answerOf(answer).ifPresent(found::add);
      }
      client.shutdownNow();
      return found;
    }
  }

  private static Optional<Engine> answerOf(Future<Optional<Engine>> answer)
      throws InterruptedException {
    try {
      return answer.get();
    } catch (CancellationException e) {
      return Optional.empty(); // it answered too slowly to be an engine that can be used
    } catch (ExecutionException e) {
      throw new IllegalStateException("a probe broke", e.getCause());
    }
  }
}
