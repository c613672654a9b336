package dev.forebay.lab.engine;

/// A request the engine refuses, with the status to say so.
final class BadRequest extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;

  BadRequest(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  static BadRequest invalid(String message) {
    return new BadRequest(400, message);
  }

  int status() {
    return status;
  }

  String message() {
    return String.valueOf(getMessage());
  }
}
