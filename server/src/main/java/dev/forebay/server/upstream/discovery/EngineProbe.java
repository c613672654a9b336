package dev.forebay.server.upstream.discovery;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks an address of this machine what it is. Blocks; safe for many threads.
final class EngineProbe {
  private static final Duration TIMEOUT = Duration.ofMillis(500);
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_MODELS = 1000;

  /// What only one kind of engine has, asked of one that does not name itself in its listing.
  private record Telling(String path, String kind) {}

  private static final List<Telling> TELLING =
      List.of(
          new Telling("/api/version", "ollama"),
          new Telling("/get_model_info", "sglang"),
          new Telling("/version", "vllm"));

  private final HttpClient client;

  EngineProbe(HttpClient client) {
    this.client = client;
  }

  /// The engine there, or empty if nothing answers, what answers lists no models, or it is another
  /// Forebay, which must never be adopted: two would forward to each other for ever.
  Optional<Engine> ask(URI url) throws InterruptedException {
    try {
      HttpResponse<String> listing = get(url, "/v1/models");
      if (listing.statusCode() != 200 || isForebay(listing)) {
        return Optional.empty();
      }
      JsonNode data = JsonMapper.shared().readTree(listing.body()).path("data");
      if (!data.isArray() || isForebay(get(url, "/healthz"))) {
        return Optional.empty();
      }
      var models = new ArrayList<String>();
      for (JsonNode model : data) {
        String id = model.path("id").asString("");
        if (!id.isBlank() && !models.contains(id) && models.size() < MOST_MODELS) {
          models.add(id);
        }
      }
      return Optional.of(new Engine(kind(url, listing, data), url, models));
    } catch (IOException | JacksonException e) {
      return Optional.empty();
    }
  }

  private static boolean isForebay(HttpResponse<String> response) {
    return response.headers().map().keySet().stream()
            .anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("x-forebay-"))
        || (response.uri().getPath().equals("/healthz")
            && response.statusCode() == 200
            && response.body().toLowerCase(Locale.ROOT).contains("forebay"));
  }

  private String kind(URI url, HttpResponse<String> listing, JsonNode data)
      throws InterruptedException, IOException {
    String server = listing.headers().firstValue("server").orElse("").toLowerCase(Locale.ROOT);
    if (server.contains("llama.cpp")) {
      return "llamacpp";
    }
    String owner = data.path(0).path("owned_by").asString("").toLowerCase(Locale.ROOT);
    switch (owner) {
      case "vllm", "sglang", "llamacpp", "ollama" -> {
        return owner;
      }
      case "library" -> {
        return "ollama";
      }
      default -> {}
    }
    for (Telling telling : TELLING) {
      HttpResponse<String> answer = get(url, telling.path());
      if (answer.statusCode() == 200 && answer.body().stripLeading().startsWith("{")) {
        return telling.kind();
      }
    }
    return "engine";
  }

  private HttpResponse<String> get(URI url, String path) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(url.resolve(path)).timeout(TIMEOUT).GET().build();
    return client.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), MOST_BYTES));
  }
}
