package dev.forebay.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a request's head must keep to so that whoever stands in front, the gateway and a replica
/// all read the same in it: where the message ends, whom it is for and which path it asks for.
///
/// Pure. Cost: one look at each header's name and at each character of the path.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-11.2">RFC 9112, 11.2: request
///   smuggling</a>
final class HeadRules {
  private static final int MAX_FIELDS = 200;
  private static final int MAX_LENGTH_DIGITS = 18;

  /// What decisions read once must be said once: of two readers one may take the first and the
  /// other the last.
  private static final List<AsciiString> ONCE =
      Stream.of(
              "host",
              "content-length",
              "transfer-encoding",
              "content-type",
              "content-encoding",
              "expect",
              "origin",
              "authorization",
              "x-api-key",
              "api-key",
              "x-request-id",
              "x-deadline-ms",
              "x-forebay-priority",
              "x-forebay-queue-progress",
              "idempotency-key")
          .map(AsciiString::cached)
          .toList();

  private HeadRules() {}

  /// What is wrong with the head, or null if it keeps to the rules.
  static @Nullable String broken(HttpRequest request) {
    HttpVersion version = request.protocolVersion();
    boolean http10 = version.equals(HttpVersion.HTTP_1_0);
    if (!http10 && !version.equals(HttpVersion.HTTP_1_1)) {
      return "version must be HTTP/1.1 or HTTP/1.0, was " + shown(version.text());
    }
    String target = target(request.method(), request.uri());
    if (target != null) {
      return target;
    }
    HttpHeaders headers = request.headers();
    if (headers.size() > MAX_FIELDS) {
      return "more than " + MAX_FIELDS + " header lines";
    }
    for (AsciiString name : ONCE) {
      if (headers.contains(name) && headers.getAll(name).size() > 1) {
        return name + " is given more than once";
      }
    }
    String host = host(headers.get(HttpHeaderNames.HOST), http10);
    return host != null ? host : framing(headers, http10);
  }

  private static @Nullable String target(HttpMethod method, String target) {
    if (method.equals(HttpMethod.CONNECT) || method.equals(HttpMethod.TRACE)) {
      return method + " is not served";
    }
    if (!target.startsWith("/")) {
      return "target must be a path that begins with /, was " + shown(target);
    }
    int query = target.indexOf('?');
    int pathTo = query < 0 ? target.length() : query;
    // The gateway answers for models itself, whose names may hold a slash.
    boolean forwarded = !target.startsWith("/v1/models/") && !target.startsWith("/models/");
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#' || (c == '\\' && i < pathTo)) {
        return "target has a character that must be escaped: " + shown(target);
      }
      // A replica that unescapes or shortens the path would find another one than the gateway did.
      if (c == '%' && i < pathTo && forwarded && !escapesForAReason(target, i)) {
        return "target escapes what must not be escaped: " + shown(target);
      }
      if (c == '/' && i < pathTo && isEmptyOrDots(target, i + 1, pathTo)) {
        return "target has an empty or a dot segment: " + shown(target);
      }
    }
    return null;
  }

  // %XX of anything but a letter, a digit, a control character or one of - . _ ~ / \ %
  private static boolean escapesForAReason(String target, int at) {
    if (at + 2 >= target.length()) {
      return false;
    }
    int high = Character.digit(target.charAt(at + 1), 16);
    int low = Character.digit(target.charAt(at + 2), 16);
    if (high < 0 || low < 0) {
      return false;
    }
    char c = (char) (high << 4 | low);
    return c >= ' '
        && c != 0x7f
        && (c > 0x7f || !(isAlphanumeric(c) || "-._~/\\%".indexOf(c) >= 0));
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  // the last segment may be empty
  private static boolean isEmptyOrDots(String target, int from, int pathTo) {
    int to = target.indexOf('/', from);
    boolean last = to < 0 || to >= pathTo;
    int length = (last ? pathTo : to) - from;
    return (length == 0 && !last)
        || (length == 1 && target.charAt(from) == '.')
        || (length == 2 && target.startsWith("..", from));
  }

  private static @Nullable String host(@Nullable String host, boolean http10) {
    if (host == null) {
      return http10 ? null : "Host is missing";
    }
    if (host.isEmpty()) {
      return "Host is empty";
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (!isAlphanumeric(c) && "-._~:[]!$&'()*+;=%".indexOf(c) < 0) {
        return "Host must be a name and perhaps a port, was " + shown(host);
      }
    }
    return null;
  }

  private static @Nullable String framing(HttpHeaders headers, boolean http10) {
    String coding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    if (coding != null) {
      if (http10) {
        return "Transfer-Encoding in HTTP/1.0";
      }
      if (length != null) {
        return "both Content-Length and Transfer-Encoding";
      }
      if (!coding.equalsIgnoreCase("chunked")) {
        return "Transfer-Encoding must be chunked and nothing else, was " + shown(coding);
      }
    }
    if (length != null && !isLength(length)) {
      return "Content-Length must be digits, was " + shown(length);
    }
    return null;
  }

  private static boolean isLength(String length) {
    for (int i = 0; i < length.length(); i++) {
      if (length.charAt(i) < '0' || length.charAt(i) > '9') {
        return false;
      }
    }
    return !length.isEmpty() && length.length() <= MAX_LENGTH_DIGITS;
  }

  private static String shown(String text) {
    String printable = text.length() > 60 ? text.substring(0, 60) + "..." : text;
    return '"' + printable.replaceAll("[^ -~]", "?") + '"';
  }
}
