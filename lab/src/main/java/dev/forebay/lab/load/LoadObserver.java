package dev.forebay.lab.load;

/// Watches single calls. Called on the event loops of the generator: several threads where there
/// are several loops, and time spent here makes later calls late.
public interface LoadObserver {
  /// Watches nothing.
  LoadObserver NONE = outcome -> {};

  /// The call has ended.
  void ended(LoadOutcome outcome);

  /// The call is about to be written.
  default void sending(String id, Arrival arrival) {}

  /// Whether the text of answers is to be hashed, which costs a hash a delta.
  default boolean hashesText() {
    return false;
  }
}
