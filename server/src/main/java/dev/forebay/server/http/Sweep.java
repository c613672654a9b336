package dev.forebay.server.http;

import java.util.ArrayList;
import java.util.List;

/// Looks every 50 ms at all that has a time limit on one loop.
///
/// A timer per call would be set and cancelled for every request and fire for almost none; a walk
/// over ten thousand connections costs some tens of microseconds. The price is that a limit is
/// noticed up to 50 ms late. Belongs to its loop; adding and removing are O(1).
public final class Sweep {
  private final List<Swept> all = new ArrayList<>();

  /// Something with a time limit.
  public abstract static class Swept {
    private int position = -1;

    /// Looks at the time.
    ///
    /// @param now the loop's clock, nanoseconds
    protected abstract void sweep(long now);
  }

  public void add(Swept swept) {
    if (swept.position < 0) {
      swept.position = all.size();
      all.add(swept);
    }
  }

  public void remove(Swept swept) {
    if (swept.position >= 0) {
      Swept last = all.getLast();
      all.set(swept.position, last);
      last.position = swept.position;
      all.removeLast();
      swept.position = -1;
    }
  }

  void run(long now) {
    // Backwards: whoever removes itself is replaced by one that was already looked at.
    for (int i = all.size() - 1; i >= 0; i--) {
      if (i < all.size()) {
        all.get(i).sweep(now);
      }
    }
  }
}
