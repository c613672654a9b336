package dev.forebay.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// What to send. The body is the caller's: bytes, with whatever JSON library made them. Immutable,
/// if the bytes are left alone.
public final class Request {
  private final String method;
  private final String target;
  private final Headers headers;
  private final byte[] body;
  private final Optional<Duration> deadline;
  private final boolean repeatable;

  private Request(
      String method,
      String target,
      Headers headers,
      byte[] body,
      Optional<Duration> deadline,
      boolean repeatable) {
    this.method = method;
    this.target = target;
    this.headers = headers;
    this.body = body;
    this.deadline = deadline;
    this.repeatable = repeatable;
  }

  /// A request without a body.
  ///
  /// @param target path behind the client's base address, as in `/chat/completions`, or an address
  ///   of its own
  public static Request get(String target) {
    return of("GET", target, new byte[0]);
  }

  /// A request with a body of JSON.
  ///
  /// @param target as in [#get]
  public static Request post(String target, String json) {
    return of("POST", target, json.getBytes(StandardCharsets.UTF_8))
        .withHeader("content-type", "application/json");
  }

  /// Any other request.
  ///
  /// @param target as in [#get]
  /// @param body sent as it is; empty for none
  public static Request of(String method, String target, byte[] body) {
    return new Request(method, target, Headers.NONE, body, Optional.empty(), true);
  }

  public Request withHeader(String name, String value) {
    return withHeaders(headers.with(name, value));
  }

  public Request withHeaders(Headers all) {
    return new Request(method, target, all, body, deadline, repeatable);
  }

  /// How long the caller waits, all tries together: for the whole of a plain answer, for the first
  /// content of a stream. In place of the client's own.
  public Request withDeadline(Duration time) {
    if (time.isZero() || time.isNegative()) {
      throw new IllegalArgumentException("deadline must be > 0s, was " + time);
    }
    return new Request(method, target, headers, body, Optional.of(time), repeatable);
  }

  /// For a request that must not be done twice, as with `store`, `background`,
  /// `previous_response_id` or tools that run at the server: tried again only if it never
  /// connected.
  public Request notRepeatable() {
    return new Request(method, target, headers, body, deadline, false);
  }

  public String method() {
    return method;
  }

  public String target() {
    return target;
  }

  public Headers headers() {
    return headers;
  }

  byte[] body() {
    return body;
  }

  Optional<Duration> deadline() {
    return deadline;
  }

  boolean repeatable() {
    return repeatable;
  }

  @Override
  public String toString() {
    return method + " " + target + ", " + body.length + " bytes";
  }
}
