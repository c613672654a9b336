package dev.forebay.server.adapter.nvidia;

import dev.forebay.pipeline.Tick;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks each 5 s which boards and instances this machine has, and how they are, as long as
/// somebody wants to know.
public final class GpuWatch implements Tick {
  private static final Logger LOG = LoggerFactory.getLogger(GpuWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final Inventory NOTHING = new Inventory(List.of());

  private final BooleanSupplier wanted;
  private final Supplier<DeviceSource> source;
  private final Consumer<Inventory> told;
  private volatile Inventory inventory = NOTHING;
  private boolean failed;

  /// Knows of nothing before its first turn.
  ///
  /// @param wanted whether anybody asks for a device now; otherwise nobody is asked
  /// @param config who is asked, now
  /// @param told what was found, at each turn
  public static GpuWatch of(
      BooleanSupplier wanted, Supplier<DevicesConfig> config, Consumer<Inventory> told) {
    return new GpuWatch(wanted, () -> DeviceSource.of(config.get()), told);
  }

  GpuWatch(BooleanSupplier wanted, Supplier<DeviceSource> source, Consumer<Inventory> told) {
    this.wanted = wanted;
    this.source = source;
    this.told = told;
  }

  @Override
  public Duration every() {
    return EVERY;
  }

  @Override
  public void turn(Instant now) throws InterruptedException {
    inventory = wanted.getAsBoolean() ? look() : NOTHING;
    told.accept(inventory);
  }

  private Inventory look() throws InterruptedException {
    try {
      Inventory found = source.get().look();
      failed = false;
      return found;
    } catch (IOException | IllegalArgumentException e) {
      // What was read before is not true any more, and unknown is what can be said.
      if (!failed) {
        failed = true;
        LOG.warn("GPUs of this machine are unknown: {}", e.getMessage());
      }
      return NOTHING;
    }
  }

  /// What was found last; safe for all threads.
  public Inventory inventory() {
    return inventory;
  }
}
