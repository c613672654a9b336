package dev.forebay.server.openai;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A request body that cannot be served; the message says why, to the caller. Carries no stack
/// trace.
public final class InvalidBody extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final @Nullable String param;

  /// @param param the field that is wrong; null if it is the body as a whole
  public InvalidBody(String message, @Nullable String param) {
    super(message, null, false, false);
    this.param = param;
  }

  /// The field that is wrong; null if it is the body as a whole.
  public @Nullable String param() {
    return param;
  }
}
