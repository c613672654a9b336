package dev.forebay.pipeline;

/// The one thread on which a call lives, and the only source of time on its path: a Netty event
/// loop in the gateway, virtual time in the lab.
///
/// `execute` may be called from any thread; the rest belongs to the loop itself.
public interface Loop {

  /// Runs the task on this loop, after what already waits there.
  void execute(Runnable task);

  /// Runs the task once this loop's clock has reached `nanoTime`, unless it is cancelled before.
  Timer at(long nanoTime, Runnable task);

  /// The loop's monotonic clock in nanoseconds; its origin means nothing.
  long nanoTime();

  /// A task that waits for its time.
  @FunctionalInterface
  interface Timer {
    /// Drops the task if it has not run yet; otherwise does nothing.
    void cancel();
  }
}
