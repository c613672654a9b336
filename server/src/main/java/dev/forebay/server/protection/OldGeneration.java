package dev.forebay.server.protection;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Comparator;
import java.util.List;

/// Where the heap keeps what lives long. Safe for all threads.
public final class OldGeneration {
  private final MemoryPoolMXBean pool;

  private OldGeneration(MemoryPoolMXBean pool) {
    this.pool = pool;
  }

  /// That of this JVM, whatever its collector calls it.
  public static OldGeneration ofThisJvm() {
    List<MemoryPoolMXBean> pools =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
            .toList();
    return new OldGeneration(
        pools.stream()
            .filter(pool -> pool.getName().contains("Old") || pool.getName().contains("Tenured"))
            .findFirst()
            .or(() -> pools.stream().max(Comparator.comparingLong(OldGeneration::most)))
            .orElseThrow());
  }

  /// The share of it that was still taken when it was last collected: what is taken now may be
  /// garbage for the most part.
  public double takenAfterCollection() {
    MemoryUsage after = pool.getCollectionUsage();
    return after == null ? 0 : (double) after.getUsed() / most(pool);
  }

  private static long most(MemoryPoolMXBean pool) {
    long most = pool.getUsage().getMax();
    return most > 0 ? most : Runtime.getRuntime().maxMemory();
  }
}
