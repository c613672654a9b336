package dev.forebay.client;

import java.nio.charset.StandardCharsets;

/// A whole answer, of a status below 300.
public final class Response {
  private final int status;
  private final Headers headers;
  private final byte[] body;
  private final int attempts;

  Response(int status, Headers headers, byte[] body, int attempts) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.attempts = attempts;
  }

  public int status() {
    return status;
  }

  public Headers headers() {
    return headers;
  }

  /// The body; the reader's to keep.
  public byte[] body() {
    return body;
  }

  /// The body as UTF-8.
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /// Tries it took.
  public int attempts() {
    return attempts;
  }

  @Override
  public String toString() {
    return status + ", " + body.length + " bytes, attempt " + attempts;
  }
}
