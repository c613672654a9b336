package dev.forebay.lab.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.GatewayConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The real gateway before scripted replicas, `gpu-0` and so on, of the model `m`; and somebody who
/// calls it.
final class WireGateway implements AutoCloseable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Gateway gateway;

  /// @param pool more keys of the pool, each behind a comma
  /// @param extra more of the file, on lines of its own
  WireGateway(String pool, String extra, ScriptedUpstream... replicas)
      throws IOException, InterruptedException {
    this(config(pool, extra, replicas));
  }

  WireGateway(GatewayConfig config) throws IOException, InterruptedException {
    gateway = Gateway.start(config);
  }

  static GatewayConfig config(String pool, String extra, ScriptedUpstream... replicas) {
    return config(pool, extra, 503, replicas);
  }

  static GatewayConfig config(
      String pool, String extra, int overloadStatus, ScriptedUpstream... replicas) {
    String urls =
        Arrays.stream(replicas)
            .map(each ->
                "{name: gpu-%d, url: \"http://127.0.0.1:%d\"}"
                    .formatted(Arrays.asList(replicas).indexOf(each), each.port()))
            .collect(Collectors.joining(", "));
    String yaml =
        """
        http: {listen: "127.0.0.1:0", drain: 2s, overloadStatus: %d}
        admin: {listen: "127.0.0.1:0"}
        log: {access: false, performance: false}
        pools: {chat: {models: [m], replicas: [%s], probe: {timeout: 10s}%s}}
        %s
        """
            .formatted(overloadStatus, urls, pool, extra);
    return new ConfigLoader().parse(yaml, "test", Path.of(""));
  }

  Gateway gateway() {
    return gateway;
  }

  HttpResponse<String> post(String path, String json, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
            .timeout(Duration.ofSeconds(30))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(json));
    return HTTP.send(
        headers.length == 0 ? request.build() : request.headers(headers).build(),
        BodyHandlers.ofString(UTF_8));
  }

  HttpResponse<String> chat(String json, String... headers) throws Exception {
    return post("/v1/chat/completions", json, headers);
  }

  HttpResponse<String> get(int port, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30));
    return HTTP.send(
        headers.length == 0 ? request.build() : request.headers(headers).build(),
        BodyHandlers.ofString(UTF_8));
  }

  HttpResponse<String> admin(String path) throws Exception {
    return get(gateway.adminPort(), path);
  }

  /// How a call went. Its answer may be here a moment before it has ended.
  JsonNode explained(String id) {
    return await()
        .until(
            () -> adminJson("/admin/explain/" + id),
            told -> told.path("id").asString("").equals(id));
  }

  JsonNode adminJson(String path) throws Exception {
    return JsonMapper.shared().readTree(admin(path).body());
  }

  @Override
  public void close() {
    gateway.close();
  }
}
