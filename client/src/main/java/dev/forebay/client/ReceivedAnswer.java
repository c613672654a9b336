package dev.forebay.client;

/// What came of an answer: all of it, or its beginning if it was no use to read on.
final class ReceivedAnswer {
  private final int status;
  private final Headers headers;
  private final byte[] body;

  ReceivedAnswer(int status, Headers headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  int status() {
    return status;
  }

  Headers headers() {
    return headers;
  }

  byte[] body() {
    return body;
  }
}
