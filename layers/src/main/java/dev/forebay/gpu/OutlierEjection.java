package dev.forebay.gpu;

import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;

/// Takes out replicas whose calls keep failing, but never more than (n-1)/2 of a pool: when most
/// replicas look bad, what they have in common is bad, and ejecting them would only make the rest
/// break.
///
/// Safe for many loops at once; a success costs two volatile reads.
public final class OutlierEjection {
  private final GpuConfig config;

  public OutlierEjection(GpuConfig config) {
    this.config = config;
  }

  /// An attempt on the replica was answered as it should be.
  public void succeeded(Replica replica, long now) {
    replica.health().succeeded();
    replica.health().forgive(now, config.ejectAtMost().toNanos());
  }

  /// An attempt failed through the replica's fault.
  ///
  /// @return whether the replica was taken out by it
  public boolean failed(Pool pool, Replica replica, long now) {
    int failures = replica.health().failed();
    if (failures < config.ejectAfter() || !replica.health().usable(now)) {
      return false;
    }
    // Two loops may eject two replicas at once where only one may go; the bound is exceeded by at
    // most one a loop and only until the shorter ejection ends.
    int n = pool.replicas().size();
    long ejected = pool.replicas().stream().filter(r -> r.health().ejected(now)).count();
    if (ejected + 1 > (n - 1) / 2) {
      return false;
    }
    replica.health().eject(now, config.ejectFor().toNanos(), config.ejectAtMost().toNanos());
    return true;
  }
}
