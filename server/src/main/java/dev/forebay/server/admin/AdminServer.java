package dev.forebay.server.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.forebay.server.admin.Readiness.NotReady;
import dev.forebay.server.admin.Readiness.Ready;
import dev.forebay.server.setting.Secret;
import dev.forebay.server.setting.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves what operators and their machines ask of the gateway: is it alive, may it get calls, how
/// does it do. Stands apart from the event loops, so that it answers while they are stuck.
///
/// Whether it is alive and ready is told to everybody; the rest only to who shows the token, if one
/// is set. Each request runs on a virtual thread of its own; what is asked for must be safe for
/// that.
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String BEARER = "Bearer ";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Secret token;
  private final Map<String, Page> pages = new LinkedHashMap<>();

  /// @param open whether it is shown without the token
  private record Page(boolean open, Supplier<Answer> answer) {}

  private record Answer(int status, String type, String body) {}

  private AdminServer(
      AdminConfig config,
      Supplier<Readiness> readiness,
      Supplier<String> metrics,
      Supplier<String> replicasJson)
      throws IOException {
    token = config.token();
    pages.put("/healthz", new Page(true, () -> new Answer(200, TEXT, "forebay ok\n")));
    pages.put("/readyz", new Page(true, () -> ready(readiness.get())));
    pages.put("/metrics", new Page(false, () -> new Answer(200, PROMETHEUS, metrics.get())));
    pages.put("/admin/replicas", new Page(false, () -> new Answer(200, JSON, replicasJson.get())));
    server = HttpServer.create(config.listen().resolve(), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
  }

  /// Listens.
  ///
  /// @param readiness whether calls should be sent here now
  /// @param metrics all readings, in Prometheus' text format
  /// @param replicasJson every replica and its state, as JSON
  /// @throws IOException if the address cannot be bound
  public static AdminServer start(
      AdminConfig config,
      Supplier<Readiness> readiness,
      Supplier<String> metrics,
      Supplier<String> replicasJson)
      throws IOException {
    AdminServer admin = new AdminServer(config, readiness, metrics, replicasJson);
    admin.server.start();
    return admin;
  }

  /// The port that is listened to.
  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      send(exchange, answer(exchange));
    }
  }

  private Answer answer(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    Page page = pages.get(path == null ? "" : path);
    boolean open = page != null && page.open();
    if (!open && !mayRead(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"forebay admin\"");
      return new Answer(
          401,
          TEXT,
          "Show the token of the configuration (admin.token): Authorization: Bearer …\n");
    }
    if (page == null) {
      return new Answer(
          404, TEXT, "Nothing here. There is:\n" + String.join("\n", pages.keySet()) + "\n");
    }
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      return new Answer(405, TEXT, "Only GET and HEAD: nothing can be changed here.\n");
    }
    try {
      return page.answer().get();
    } catch (RuntimeException e) {
      LOG.error("{} could not be answered", path, e);
      return new Answer(500, TEXT, "Could not be read; the log says why.\n");
    }
  }

  private static Answer ready(Readiness readiness) {
    return switch (readiness) {
      case Ready() -> new Answer(200, TEXT, "ready\n");
      case NotReady(String reason) -> new Answer(503, TEXT, "not ready: " + reason + "\n");
    };
  }

  private boolean mayRead(@Nullable String authorization) {
    if (!token.isSet()) {
      return true;
    }
    // Takes as long for a wrong token as for the right one, so that it cannot be guessed by parts.
    return authorization != null
        && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && MessageDigest.isEqual(
            token.value().getBytes(StandardCharsets.US_ASCII),
            authorization.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.type());
    headers.set("Cache-Control", "no-store");
    headers.set("x-forebay-version", Version.current());
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    // A length of 0 would mean chunks; -1 means that there is no body.
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  /// Stops at once; a request under way is cut off.
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
