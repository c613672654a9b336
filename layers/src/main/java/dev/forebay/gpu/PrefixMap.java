package dev.forebay.gpu;

import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Prefix;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which replica was sent which beginning of a prompt last, and so may still have it in its cache:
/// what is to be read anew is only what comes behind.
///
/// A tenant's are its own: that another one sent the same text shows in no answer's time. The
/// blocks that were not used for longest are forgotten, and nothing is learnt of what engines
/// forget. Safe for many loops at once: a short lock. O(blocks).
final class PrefixMap {
  /// A beginning that is a smaller part of the prompt is not worth a choice.
  private static final int LEAST_PART = 2;

  private final Map<Long, Replica> byHash;

  /// @param most blocks that are remembered, some 100 bytes each; nothing is if 0
  PrefixMap(int most) {
    this.byHash =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Replica> eldest) {
            return size() > most;
          }
        };
  }

  /// Who was sent the longest beginning of the prompt, if it is half of it or more.
  @Nullable Replica of(Call call) {
    Prefix prefix = call.request().prompt().prefix();
    int least = Math.max(1, Math.ceilDiv(prefix.blocks(), LEAST_PART));
    long salt = salt(call);
    synchronized (byHash) {
      for (int blocks = prefix.blocks(); blocks >= least; blocks--) {
        Replica replica = byHash.get(prefix.hash(blocks) ^ salt);
        if (replica != null) {
          return replica;
        }
      }
      return null;
    }
  }

  /// The call goes to that replica.
  void sent(Call call, Replica replica) {
    Prefix prefix = call.request().prompt().prefix();
    long salt = salt(call);
    synchronized (byHash) {
      for (int blocks = prefix.blocks(); blocks > 0; blocks--) {
        byHash.put(prefix.hash(blocks) ^ salt, replica);
      }
    }
  }

  private static long salt(Call call) {
    return mixed(mixed(0, call.caller().tenant()), call.request().model());
  }

  /// Of 64 bits, as tenants whose salts were alike would share what they sent.
  private static long mixed(long hash, String text) {
    long mixed = hash;
    for (int i = 0; i < text.length(); i++) {
      mixed = Prefix.mixed(mixed ^ text.charAt(i));
    }
    return Prefix.mixed(mixed ^ text.length());
  }
}
