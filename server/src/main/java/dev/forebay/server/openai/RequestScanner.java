package dev.forebay.server.openai;

import dev.forebay.pipeline.Operation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Reads from a request's body what decisions need.
public final class RequestScanner {
  private RequestScanner() {}

  public static Scanned scan(Operation operation, ByteBuf body) throws InvalidBody {
    Scanned scanned = scanPrefix(operation, body);
    if (scanned == null) {
      throw new InvalidBody("not read yet", null);
    }
    return scanned;
  }

  public static @Nullable Scanned scanPrefix(Operation operation, ByteBuf prefix) {
    return null;
  }
}
