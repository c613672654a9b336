package dev.forebay.server.admin;

import com.sun.net.httpserver.Headers;
import dev.forebay.server.admin.Page.Content;
import dev.forebay.server.setting.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may look inside: who shows the token or, where none is set, every program of this machine.
/// Never a web page that a browser of this machine happens to show: what gives it away is an
/// `Origin` that is not the admin API itself or, where no token protects, a foreign `Host` (DNS
/// rebinding).
final class AdminDoor {
  private static final String BEARER = "Bearer ";
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private AdminDoor() {}

  /// Why the request must be turned away, or null if it may come in.
  static @Nullable Content refusal(Headers request, Secret token) {
    String host = request.getFirst("Host");
    String origin = request.getFirst("Origin");
    if (origin != null && (host == null || !isOf(origin, host))) {
      return Content.text(403, "Origin " + origin + " may not look inside.\n");
    }
    if (!token.isSet()) {
      return host == null || LOOPBACK.contains(withoutPort(host))
          ? null
          : Content.text(403, "Host " + host + " is not this machine; set admin.token.\n");
    }
    return shows(request.getFirst("Authorization"), token)
        ? null
        : Content.text(
            401, "Show the token of the configuration (admin.token): Authorization: Bearer …\n");
  }

  private static boolean isOf(String origin, String host) {
    return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  private static boolean shows(@Nullable String authorization, Secret token) {
    // Takes as long for a wrong token as for the right one, so that it cannot be guessed by parts.
    return authorization != null
        && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && MessageDigest.isEqual(
            token.value().getBytes(StandardCharsets.US_ASCII),
            authorization.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8));
  }
}
