package dev.forebay.server.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.forebay.server.admin.Page.Content;
import dev.forebay.server.admin.Readiness.NotReady;
import dev.forebay.server.admin.Readiness.Ready;
import dev.forebay.server.setting.Address;
import dev.forebay.server.setting.Secret;
import dev.forebay.server.setting.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves what operators and their machines ask of the gateway: is it alive, may it get calls, how
/// does it do. Stands apart from the event loops, so that it answers while they are stuck.
///
/// Whether it is alive and ready is told to everybody; the rest as `AdminDoor` decides. Each
/// request runs on a virtual thread of its own; what is asked for must be safe for that.
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Supplier<Secret> token;
  private final Map<String, Page> pages = new LinkedHashMap<>();

  private AdminServer(
      Address listen, Supplier<Secret> token, Supplier<Readiness> readiness, List<Page> inside)
      throws IOException {
    this.token = token;
    open("/healthz", () -> Content.text(200, "forebay ok\n"));
    open("/readyz", () -> ready(readiness.get()));
    inside.forEach(page -> pages.put(page.path(), page));
    server = HttpServer.create(listen.resolve(), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
  }

  private void open(String path, Supplier<Content> content) {
    pages.put(path, new Page(path, "GET", true, _ -> content.get()));
  }

  /// Listens.
  ///
  /// @param token what readers must show now; asked for each request
  /// @param readiness whether calls should be sent here now
  /// @param inside what there is beside `/healthz` and `/readyz`
  /// @throws IOException if the address cannot be bound
  public static AdminServer start(
      Address listen, Supplier<Secret> token, Supplier<Readiness> readiness, List<Page> inside)
      throws IOException {
    AdminServer admin = new AdminServer(listen, token, readiness, inside);
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

  private Content answer(HttpExchange exchange) {
    String path = Objects.requireNonNullElse(exchange.getRequestURI().getPath(), "");
    Page page = page(path);
    if (page == null || !page.open()) {
      Content refusal = AdminDoor.refusal(exchange.getRequestHeaders(), token.get());
      if (refusal != null) {
        if (refusal.status() == 401) {
          exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"forebay admin\"");
        }
        return refusal;
      }
    }
    if (page == null) {
      return Content.text(
          404, "Nothing here. There is:\n" + String.join("\n", pages.keySet()) + "\n");
    }
    String method = exchange.getRequestMethod();
    boolean head = method.equals("HEAD") && page.method().equals("GET");
    if (!method.equals(page.method()) && !head) {
      String allowed = page.method().equals("GET") ? "GET, HEAD" : page.method();
      exchange.getResponseHeaders().set("Allow", allowed);
      return Content.text(405, "Only " + allowed + " here.\n");
    }
    try {
      return page.content().apply(path.substring(page.path().length()));
    } catch (RuntimeException e) {
      LOG.error("{} could not be answered", path, e);
      return Content.text(500, "Could not be done; the log says why.\n");
    }
  }

  private @Nullable Page page(String path) {
    Page page = pages.get(path);
    return page != null
        ? page
        : pages.values().stream()
            .filter(each -> each.path().endsWith("/") && path.startsWith(each.path()))
            .findFirst()
            .orElse(null);
  }

  private static Content ready(Readiness readiness) {
    return switch (readiness) {
      case Ready() -> Content.text(200, "ready\n");
      case NotReady(String reason) -> Content.text(503, "not ready: " + reason + "\n");
    };
  }

  private static void send(HttpExchange exchange, Content answer) throws IOException {
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
