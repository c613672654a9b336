package dev.forebay.server.upstream;

import java.io.Serial;

/// A replica answered bytes that are not the HTTP it may speak; the connection is of no use any
/// more. Carries no stack trace: the message names what was wrong.
public final class BadResponse extends Exception {
  @Serial private static final long serialVersionUID = 1;

  public BadResponse(String message) {
    super(message, null, false, false);
  }
}
