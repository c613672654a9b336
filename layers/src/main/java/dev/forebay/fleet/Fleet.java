package dev.forebay.fleet;

import dev.forebay.pipeline.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which pool serves which call. Safe for many loops at once.
public interface Fleet {

  /// The pool that serves the request's model in its dialect, or null if none does.
  @Nullable Pool poolFor(Request request);

  List<Pool> pools();

  /// The pool of that name, or null if there is none.
  default @Nullable Pool pool(String name) {
    for (Pool pool : pools()) {
      if (pool.name().equals(name)) {
        return pool;
      }
    }
    return null;
  }

  /// Where the request can go when its own pool cannot serve it, first to last.
  ///
  /// @param pool its own pool
  default List<Destination> fallbacks(Request request, Pool pool) {
    return List.of();
  }

  /// A pool that can serve a request, and what it calls the request's model.
  record Destination(Pool pool, String model) {}
}
