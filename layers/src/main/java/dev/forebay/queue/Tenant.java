package dev.forebay.queue;

import java.util.Comparator;
import java.util.TreeSet;

/// What one tenant was served and what of it waits, within one class of one pool. Guarded by its
/// `FairQueue`.
final class Tenant {
  /// Who was served least.
  static final Comparator<Tenant> BY_SERVED =
      Comparator.<Tenant>comparingDouble(tenant -> tenant.served)
          .thenComparingLong(tenant -> tenant.order);

  final String name;
  final long order;
  final TreeSet<Entry> waiting = new TreeSet<>(Entry.BY_DEADLINE);

  /// Work that it was served, lifted to that of others when it comes back from being idle.
  double served;

  long waitingWork;
  int running;

  Tenant(String name, long order) {
    this.name = name;
    this.order = order;
  }

  boolean idle() {
    return waiting.isEmpty() && running == 0;
  }
}
