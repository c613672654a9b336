package dev.forebay.monitor;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Remembers how the last calls went, in a ring: each that ends takes the place of the oldest.
///
/// Safe for all threads and without a lock: a call that ends costs one increment that loops share,
/// and some hundred bytes. Nothing is looked up by id until somebody asks, who then walks over the
/// ring.
public final class Explanations implements Signals {
  private final AtomicReferenceArray<@Nullable Explanation> ring;
  private final AtomicLong ended = new AtomicLong();

  /// @param calls how many are remembered
  public Explanations(int calls) {
    ring = new AtomicReferenceArray<>(calls);
  }

  /// How many calls are remembered.
  public int size() {
    return ring.length();
  }

  @Override
  public void started(Call call) {}

  @Override
  public void ended(Call call, Outcome outcome, long now) {
    int place = (int) Math.floorMod(ended.getAndIncrement(), (long) ring.length());
    ring.setRelease(place, Explanation.of(call, outcome, now));
  }

  /// How the call of that id went; the last of them if callers gave it to several; null if it is
  /// not remembered.
  public @Nullable Explanation of(String id) {
    long newest = ended.get() - 1;
    for (long i = newest; i > newest - ring.length() && i >= 0; i--) {
      Explanation each = at(i);
      if (each != null && each.id().equals(id)) {
        return each;
      }
    }
    return null;
  }

  /// The calls that ended last, the last one first.
  public List<Explanation> latest(int most) {
    List<Explanation> latest = new ArrayList<>();
    long newest = ended.get() - 1;
    for (long i = newest; i > newest - Math.min(most, ring.length()) && i >= 0; i--) {
      Explanation each = at(i);
      if (each != null) {
        latest.add(each);
      }
    }
    return latest;
  }

  private @Nullable Explanation at(long number) {
    return ring.getAcquire((int) (number % ring.length()));
  }
}
