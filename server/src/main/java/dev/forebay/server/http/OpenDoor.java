package dev.forebay.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may come in, apart from keys: programs on this machine, but no web page that a browser on
/// this machine happens to show.
///
/// A page can make a browser send requests to loopback. What gives it away is a foreign `Host` (DNS
/// rebinding), an `Origin`, or a body of a type that a plain form can send. Such a body is let in
/// where the request carries credentials, which no form can add.
final class OpenDoor {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final boolean loopback;
  private final List<String> allowedOrigins;

  /// @param loopback whether the gateway listens on loopback only; if not, any `Host` may be named
  OpenDoor(boolean loopback, List<String> allowedOrigins) {
    this.loopback = loopback;
    this.allowedOrigins = allowedOrigins;
  }

  /// Why the request must be turned away, or null if it may come in.
  @Nullable String refusal(HttpRequest request, boolean json) {
    HttpHeaders headers = request.headers();
    String host = headers.get(HttpHeaderNames.HOST);
    if (loopback && host != null && !LOOPBACK.contains(withoutPort(host))) {
      return "Host \"" + host + "\" is not this machine; http.listen is a loopback address";
    }
    String origin = headers.get(HttpHeaderNames.ORIGIN);
    if (origin != null && !allows(origin)) {
      return "Origin \"" + origin + "\" is not listed in http.allowedOrigins";
    }
    if (request.method().equals(HttpMethod.POST) && (json || !hasCredentials(headers))) {
      String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
      if (type == null || !mediaType(type).equalsIgnoreCase("application/json")) {
        return "Content-Type must be application/json, was " + (type == null ? "missing" : type);
      }
    }
    return null;
  }

  /// Whether pages of that origin may call, and browsers may show them the answers.
  boolean allows(String origin) {
    return allowedOrigins.contains(origin) || allowedOrigins.contains("*");
  }

  private static boolean hasCredentials(HttpHeaders headers) {
    return headers.contains(HttpHeaderNames.AUTHORIZATION)
        || headers.contains("x-api-key")
        || headers.contains("api-key");
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  private static String mediaType(String contentType) {
    int semicolon = contentType.indexOf(';');
    return (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip();
  }
}
