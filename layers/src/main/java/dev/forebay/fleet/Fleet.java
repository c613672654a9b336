package dev.forebay.fleet;

import dev.forebay.pipeline.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which pool serves which call. Safe for many loops at once.
public interface Fleet {

  /// The pool that serves the request's model in its dialect, or null if none does.
  @Nullable Pool poolFor(Request request);

  List<Pool> pools();
}
