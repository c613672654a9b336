package dev.forebay.queue;

/// What better classes owe to those behind them: of every fifty work units that they start, one to
/// each class that waits meanwhile. As soon as that pays for the next call of such a class, it gets
/// one turn of theirs. So batch work moves on, slowly, under a flood of chats that never ends.
///
/// A class of which nothing waits is owed nothing: nobody saves up. Not thread-safe.
final class Arrears {
  private static final double SHARE = 0.02;

  private final double[] owed = new double[QueueConfig.CLASSES];

  /// Work of that class was started, in its own turn or in another's.
  void started(int priority, long work, FairQueue[] classes) {
    owed[priority] = Math.max(0, owed[priority] - work);
    for (int i = priority + 1; i < owed.length; i++) {
      owed[i] = classes[i].calls() == 0 ? 0 : owed[i] + SHARE * work;
    }
  }

  /// Whether what a class is owed pays for its next call.
  boolean payFor(Entry head) {
    return owed[head.priority()] >= head.need.work();
  }
}
