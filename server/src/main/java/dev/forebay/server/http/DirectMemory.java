package dev.forebay.server.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;

/// The memory outside the heap in which sockets read and write. Safe for all threads.
public final class DirectMemory {
  private DirectMemory() {}

  /// The share of what the JVM allows that is taken, whether by bytes or to be taken again.
  public static double taken() {
    return (double) used() / most();
  }

  /// Bytes that the JVM allows.
  static long most() {
    return PlatformDependent.maxDirectMemory();
  }

  private static long used() {
    return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
        ? provider.metric().usedDirectMemory()
        : 0;
  }
}
