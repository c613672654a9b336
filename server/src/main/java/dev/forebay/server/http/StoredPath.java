package dev.forebay.server.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A path that names a stored object: a response or a chat completion, or a part of one.
///
/// @param id of the object, as the path writes it
/// @param kind what of it the path means
record StoredPath(String id, Kind kind) {
  private static final String RESPONSES = "/responses/";
  private static final String COMPLETIONS = "/chat/completions/";

  private enum Kind {
    RESPONSE("GET, HEAD, DELETE"),
    INPUT_ITEMS("GET, HEAD"),
    CANCEL("POST"),
    COMPLETION("GET, HEAD, POST, DELETE"),
    MESSAGES("GET, HEAD");

    private final String allowed;

    Kind(String allowed) {
      this.allowed = allowed;
    }
  }

  /// Reads a path without `/v1` and query; null if it names no stored object.
  static @Nullable StoredPath of(String path) {
    if (path.startsWith(RESPONSES)) {
      return of(path.substring(RESPONSES.length()), Kind.RESPONSE);
    }
    return path.startsWith(COMPLETIONS)
        ? of(path.substring(COMPLETIONS.length()), Kind.COMPLETION)
        : null;
  }

  private static @Nullable StoredPath of(String rest, Kind whole) {
    int slash = rest.indexOf('/');
    String id = slash < 0 ? rest : rest.substring(0, slash);
    Kind kind = slash < 0 ? whole : part(whole, rest.substring(slash));
    return id.isEmpty() || kind == null ? null : new StoredPath(id, kind);
  }

  private static @Nullable Kind part(Kind whole, String part) {
    boolean response = whole == Kind.RESPONSE;
    return switch (part) {
      case "/input_items" -> response ? Kind.INPUT_ITEMS : null;
      case "/cancel" -> response ? Kind.CANCEL : null;
      case "/messages" -> response ? null : Kind.MESSAGES;
      default -> null;
    };
  }

  /// Whether this is something else after all: what is posted right below `/responses` names no
  /// object but something to do, as `/responses/input_tokens` does.
  boolean passes(HttpMethod method) {
    return kind == Kind.RESPONSE && method.equals(HttpMethod.POST);
  }

  boolean allows(HttpMethod method) {
    return Arrays.asList(kind.allowed.split(", ")).contains(method.name());
  }

  /// The methods that there are, as the Allow header lists them.
  String allowed() {
    return kind.allowed;
  }
}
