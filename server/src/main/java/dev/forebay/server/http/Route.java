package dev.forebay.server.http;

import dev.forebay.pipeline.Operation;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/// What a request line asks for.
sealed interface Route {

  /// A call on the path.
  ///
  /// @param path what is asked of the replica, query included
  /// @param stored the id of the stored object that the path names, if it names one
  record ToPool(Operation operation, String path, @Nullable String stored) implements Route {
    ToPool(Operation operation, String path) {
      this(operation, path, null);
    }
  }

  /// The merged list of models, or one of them.
  ///
  /// @param id the one that is asked for, or null for all
  record Models(@Nullable String id) implements Route {}

  /// A known path with a method that it does not have.
  record WrongMethod(String allowed) implements Route {}

  /// Reads method and target.
  static Route of(HttpMethod method, String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    String rest = query < 0 ? "" : target.substring(query);
    String plain = path.startsWith("/v1/") ? path.substring(3) : path;
    if (plain.equals("/models") || plain.startsWith("/models/")) {
      return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)
          ? new Models(plain.equals("/models") ? null : plain.substring("/models/".length()))
          : new WrongMethod("GET, HEAD");
    }
    StoredPath stored = StoredPath.of(plain);
    if (stored != null && !stored.passes(method)) {
      return stored.allows(method)
          ? new ToPool(Operation.STORED, "/v1" + plain + rest, stored.id())
          : new WrongMethod(stored.allowed());
    }
    Operation operation = operation(plain);
    if (operation == null) {
      return new ToPool(Operation.PASS_THROUGH, target);
    }
    if (!method.equals(HttpMethod.POST)) {
      return new WrongMethod("POST");
    }
    // DeepSeek's beta paths have no /v1 and keep their own; everything else gets the usual one.
    return new ToPool(operation, upstreamPath(plain) + rest);
  }

  private static String upstreamPath(String plain) {
    if (plain.startsWith("/beta/")) {
      return plain;
    }
    return plain.startsWith("/anthropic/v1/")
        ? plain.substring("/anthropic".length())
        : "/v1" + plain;
  }

  private static @Nullable Operation operation(String path) {
    return switch (path) {
      case "/chat/completions", "/beta/chat/completions" -> Operation.CHAT;
      case "/completions", "/beta/completions" -> Operation.COMPLETION;
      case "/embeddings" -> Operation.EMBEDDINGS;
      case "/responses" -> Operation.RESPONSES;
      case "/messages", "/anthropic/v1/messages" -> Operation.MESSAGES;
      default -> null;
    };
  }
}
