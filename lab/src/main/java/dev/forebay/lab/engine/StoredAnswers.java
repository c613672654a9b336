package dev.forebay.lab.engine;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// The answers that this engine keeps, as OpenAI does for `store: true`: no other engine has them,
/// and they are gone when the process is. The oldest go first. Lives on the engine's event loop.
final class StoredAnswers {
  private static final int MOST = 10_000;

  /// An answer that can be asked for again.
  ///
  /// @param whole whether it was made to its end
  record Stored(Dialect dialect, Answer answer, boolean whole) {}

  private final LinkedHashMap<String, Stored> byId = new LinkedHashMap<>();

  /// Keeps the answer if its question wants that.
  void keep(Dialect dialect, Answer answer, boolean whole) {
    if (!answer.question().stored()) {
      return;
    }
    byId.put(answer.id(), new Stored(dialect, answer, whole));
    if (byId.size() > MOST) {
      byId.pollFirstEntry();
    }
  }

  @Nullable Stored get(String id) {
    return byId.get(id);
  }

  void delete(String id) {
    byId.remove(id);
  }
}
