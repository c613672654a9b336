package dev.forebay.server.upstream.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.forebay.pipeline.Dialect;
import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.GatewayConfig;
import dev.forebay.server.upstream.PoolConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DiscoveryTest {
  private final List<HttpServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
  }

  /// Serves answers by path, with headers as `name: value`.
  private URI server(Map<String, String> answers, String... headers) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String answer = answers.get(exchange.getRequestURI().getPath());
          for (String header : headers) {
            String[] parts = header.split(": ", 2);
            exchange.getResponseHeaders().add(parts[0], parts[1]);
          }
          byte[] body = (answer == null ? "no" : answer).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    servers.add(server);
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private URI engine(String owner, String... models) throws IOException {
    return server(Map.of("/v1/models", listing(owner, models)));
  }

  private static String listing(String owner, String... models) {
    var items = new ArrayList<String>();
    for (String model : models) {
      items.add("{\"id\":\"%s\",\"object\":\"model\",\"owned_by\":\"%s\"}".formatted(model, owner));
    }
    return "{\"object\":\"list\",\"data\":[" + String.join(",", items) + "]}";
  }

  private static Discovered look(URI... addresses) throws InterruptedException {
    return new Discovery(List.of(addresses), _ -> null).look(false);
  }

  private static GatewayConfig config(Discovered discovered) {
    return new ConfigLoader(name -> name + "-value")
        .parse(discovered.yaml(), "what was found", Path.of(""));
  }

  @Test
  void everyKindOfEngineIsRecognised() throws Exception {
    var pools =
        config(
                look(
                    engine("vllm", "a"),
                    engine("sglang", "b"),
                    server(Map.of("/v1/models", listing("x", "c")), "Server: llama.cpp"),
                    engine("library", "d:1b"),
                    server(Map.of("/v1/models", listing("me", "e"), "/api/version", "{}")),
                    engine("someone", "f")))
            .pools();

    assertThat(pools.keySet())
        .containsExactly("vllm", "sglang", "llamacpp", "ollama", "ollama-2", "engine");
    assertThat(pools.values()).extracting(PoolConfig::models).contains(List.of("d:1b"));
  }

  @Test
  void enginesWithTheSameModelsAreOnePool() throws Exception {
    URI one = engine("vllm", "m", "n");
    URI two = engine("sglang", "n", "m");
    var pools = config(look(one, two)).pools();

    assertThat(pools.keySet()).containsExactly("vllm");
    assertThat(pools.values().iterator().next().replicas())
        .extracting(replica -> replica.url())
        .containsExactly(one, two);
  }

  @Test
  void aModelThatOnlyPartOfAnEngineSharesStaysWithTheFirst() throws Exception {
    Discovered found = look(engine("vllm", "m"), engine("ollama", "m", "n"), engine("x", "n"));
    assertThat(config(found).pools().values())
        .extracting(PoolConfig::models)
        .containsExactly(List.of("m"), List.of("n"));

    found = look(engine("vllm", "m", "n"), engine("ollama", "m"));
    assertThat(config(found).pools()).hasSize(1);
    assertThat(found.report()).anyMatch(line -> line.contains("is left out"));
  }

  @Test
  void anotherForebayIsNeverAdopted() throws Exception {
    Map<String, String> models = Map.of("/v1/models", listing("vllm", "m"));
    assertThat(config(look(server(models, "x-forebay-replica: r"))).pools()).isEmpty();
    assertThat(
            config(
                    look(
                        server(
                            Map.of("/v1/models", listing("vllm", "m"), "/healthz", "forebay: ok"))))
                .pools())
        .isEmpty();
  }

  @Test
  void whatIsNoEngineIsPassedOver() throws Exception {
    URI closed;
    try (var socket = new ServerSocket(0)) {
      closed = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Discovered found =
          look(
              closed,
              URI.create("http://127.0.0.1:" + silent.getLocalPort()),
              server(Map.of("/v1/models", "<html>")),
              server(Map.of("/v1/models", "{}")),
              server(Map.of("/", "hello")));

      assertThat(config(found).pools()).isEmpty();
      assertThat(found.report().getFirst()).isEqualTo("No engine found on this machine.");
      assertThat(found.report()).anyMatch(line -> line.contains("serve --config forebay.yaml"));
    }
  }

  @Test
  void theNamesOfModelsAreOnlyNames() throws Exception {
    Discovered found = look(engine("vllm", "${HOME}", "a: [\\\"b\\\"]", "x\\u001b[2J"));

    assertThat(config(found).pools().get("vllm"))
        .extracting(PoolConfig::models)
        .isEqualTo(List.of("${HOME}", "a: [\"b\"]", "x\u001b[2J"));
    assertThat(String.join("", found.report())).doesNotContain("\u001b");
  }

  @Test
  void hostedProvidersAreUsedOnlyWhenTheOperatorSaysSo() throws Exception {
    var keys = Map.of("DEEPSEEK_API_KEY", "sk-hush", "ANTHROPIC_API_KEY", "sk-hush");
    var discovery = new Discovery(List.of(), keys::get);

    Discovered refused = discovery.look(false);
    assertThat(config(refused).pools()).isEmpty();
    assertThat(refused.report())
        .anyMatch(line ->
            line.contains("DEEPSEEK_API_KEY, ANTHROPIC_API_KEY")
                && line.contains("--allow-hosted"));

    Discovered allowed = discovery.look(true);
    var pools = config(allowed).pools();
    assertThat(pools.keySet()).containsExactly("deepseek", "anthropic");
    assertThat(pools.get("anthropic"))
        .satisfies(pool -> {
          assertThat(pool.speaks()).isEqualTo(Dialect.ANTHROPIC);
          assertThat(pool.key().value()).isEqualTo("ANTHROPIC_API_KEY-value");
        });
    assertThat(allowed.yaml() + allowed.report() + refused.report()).doesNotContain("sk-hush");
  }
}
