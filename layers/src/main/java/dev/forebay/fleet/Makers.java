package dev.forebay.fleet;

import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// Which replica made which stored object, such as a response that later calls name by its id.
///
/// Bounded by count and by age since the last use; what was not used for longest is forgotten
/// first. An object is known to its owner only: asked for by another, it is as if there were none.
/// Replicas are remembered by name, so one that leaves and returns is found again.
///
/// Safe for many loops at once: one short lock; O(1) for each call.
public final class Makers {
  private static final int LONGEST_ID = 512;

  /// What expired is dropped a little at a time, so that nobody waits long for the lock.
  private static final int DROPPED_AT_ONCE = 4;

  /// Where an object was made.
  public record Maker(String pool, String replica) {}

  private record Key(String owner, String id) {}

  private static final class Entry {
    private final Maker maker;
    private long usedNanos;

    Entry(Maker maker, long usedNanos) {
      this.maker = maker;
      this.usedNanos = usedNanos;
    }
  }

  private final int entries;
  private final long keepNanos;

  // in the order of use, so what expires first stands first
  private final LinkedHashMap<Key, Entry> made = new LinkedHashMap<>(16, 0.75f, true);

  public Makers(AffinityConfig config) {
    this.entries = config.entries();
    this.keepNanos = config.keepFor().toNanos();
  }

  /// Whether this can be the id of a stored object: 1 to 512 letters, digits and `- _ . : = ~`, a
  /// letter or digit first. Others are neither remembered nor passed on.
  public static boolean isId(String id) {
    if (id.isEmpty() || id.length() > LONGEST_ID || !letterOrDigit(id.charAt(0))) {
      return false;
    }
    for (int i = 1; i < id.length(); i++) {
      char c = id.charAt(i);
      if (!letterOrDigit(c) && "-_.:=~".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean letterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /// Remembers who made an object; what is no id is not remembered.
  ///
  /// @param owner who alone may ask for it
  /// @param now the loop's clock, nanoseconds
  public void note(String owner, String id, Maker maker, long now) {
    if (!isId(id)) {
      return;
    }
    synchronized (made) {
      made.put(new Key(owner, id), new Entry(maker, now));
      dropExpired(now);
      if (made.size() > entries) {
        made.pollFirstEntry();
      }
    }
  }

  /// Who made the owner's object of that id; null if that is not known (any more).
  ///
  /// @param now the loop's clock, nanoseconds
  public @Nullable Maker of(String owner, String id, long now) {
    Key key = new Key(owner, id);
    synchronized (made) {
      dropExpired(now);
      Entry entry = made.get(key);
      if (entry == null) {
        return null;
      }
      if (now - entry.usedNanos > keepNanos) {
        made.remove(key);
        return null;
      }
      entry.usedNanos = now;
      return entry.maker;
    }
  }

  /// Objects that are remembered now.
  public int size() {
    synchronized (made) {
      return made.size();
    }
  }

  private void dropExpired(long now) {
    Iterator<Entry> oldest = made.values().iterator();
    for (int i = 0; i < DROPPED_AT_ONCE && oldest.hasNext(); i++) {
      if (now - oldest.next().usedNanos <= keepNanos) {
        return;
      }
      oldest.remove();
    }
  }
}
