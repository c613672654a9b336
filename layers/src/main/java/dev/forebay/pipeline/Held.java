package dev.forebay.pipeline;

/// What a call holds and must give back: a permit, a reservation, a queue ticket, a timer, a
/// buffer.
///
/// The call closes it exactly once, on its own loop.
@FunctionalInterface
public interface Held extends AutoCloseable {

  /// Gives it back. Must not throw and must not block.
  @Override
  void close();
}
