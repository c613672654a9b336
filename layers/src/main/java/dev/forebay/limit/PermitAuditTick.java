package dev.forebay.limit;

import dev.forebay.pipeline.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Compares now and then the permits that are held with the calls that hold them.
public final class PermitAuditTick implements Tick {
  private final Duration every;
  private final Limits limits;
  private final LongSupplier openCalls;
  private final LongSupplier nanoTime;
  private final Consumer<PermitAudit> audits;

  /// @param openCalls calls on the path now
  /// @param nanoTime the loops' clock
  /// @param audits gets each audit, with its difference
  public PermitAuditTick(
      Duration every,
      Limits limits,
      LongSupplier openCalls,
      LongSupplier nanoTime,
      Consumer<PermitAudit> audits) {
    this.every = every;
    this.limits = limits;
    this.openCalls = openCalls;
    this.nanoTime = nanoTime;
    this.audits = audits;
  }

  @Override
  public Duration every() {
    return every;
  }

  @Override
  public void turn(Instant now) {
    audits.accept(limits.audit(openCalls, nanoTime.getAsLong()));
  }
}
