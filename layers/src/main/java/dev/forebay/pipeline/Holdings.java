package dev.forebay.pipeline;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A stack of what is held, closed in reverse and exactly once. What comes after is closed at once,
/// so nothing can leak into a scope that is gone.
final class Holdings {
  private final ArrayDeque<Held> stack = new ArrayDeque<>(4);
  private boolean closed;

  void hold(Held held) {
    if (closed) {
      held.close();
    } else {
      stack.push(held);
    }
  }

  <T extends Held> @Nullable T find(Class<T> kind) {
    for (Held held : stack) {
      if (kind.isInstance(held)) {
        return kind.cast(held);
      }
    }
    return null;
  }

  boolean closed() {
    return closed;
  }

  /// Takes nothing more; what is held stays until `close`.
  void seal() {
    closed = true;
  }

  void close() {
    closed = true;
    for (Held held = stack.poll(); held != null; held = stack.poll()) {
      held.close();
    }
  }
}
