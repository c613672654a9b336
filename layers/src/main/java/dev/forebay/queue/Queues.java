package dev.forebay.queue;

import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Loop;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The queue of each pool, and the calls under way on each loop; outlives reloads. Safe for many
/// loops at once.
public final class Queues {
  private final ConcurrentHashMap<String, SharedQueue> byPool = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Loop, Growth> byLoop = new ConcurrentHashMap<>();
  private volatile Settings settings;

  private record Settings(QueueConfig config, Capacity capacity) {}

  public Queues(QueueConfig config, Capacity capacity) {
    settings = new Settings(config, capacity);
  }

  /// Goes by another configuration from now on; whoever waits goes on waiting.
  ///
  /// @param fleet the pools that there are from now on
  public synchronized void become(QueueConfig config, Capacity capacity, Fleet fleet) {
    settings = new Settings(config, capacity);
    byPool.forEach((name, queue) -> queue.become(config, capacity, fleet.pool(name)));
    // There may be room now for those that waited for an account to open.
    byLoop.keySet().stream().findAny().ifPresent(this::wake);
  }

  private void wake(Loop loop) {
    byPool.values().forEach(queue -> loop.execute(() -> queue.turn(loop, null)));
  }

  SharedQueue of(Pool pool) {
    SharedQueue queue = byPool.get(pool.name());
    return queue == null ? make(pool) : queue;
  }

  /// Not while another configuration is taken over, which would not reach it.
  private synchronized SharedQueue make(Pool pool) {
    Settings now = settings;
    return byPool.computeIfAbsent(
        pool.name(), _ -> new SharedQueue(new PoolQueue(pool, now.capacity, now.config)));
  }

  /// Why the call can never be served there; null if it may.
  @Nullable String neverFits(Call call, Pool pool) {
    return settings.capacity.neverFits(call, pool);
  }

  Growth of(Loop loop) {
    Growth growth = byLoop.get(loop);
    return growth == null ? byLoop.computeIfAbsent(loop, Growth::new) : growth;
  }

  /// The call of that id; null if it does not wait for any pool.
  public @Nullable Waiting find(String callId, long now) {
    return byPool.values().stream()
        .map(queue -> queue.find(callId, now))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /// Calls that wait for a pool.
  public int waiting(String pool) {
    SharedQueue queue = byPool.get(pool);
    return queue == null ? 0 : queue.waiting();
  }
}
