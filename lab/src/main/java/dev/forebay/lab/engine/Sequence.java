package dev.forebay.lab.engine;

/// One prompt and the tokens an engine makes for it. Changed only by its [Scheduler]; not thread
/// safe.
///
/// Times are in the scheduler's nanoseconds, and [#NEVER] until they come.
public final class Sequence<T> {

  public static final long NEVER = Long.MIN_VALUE;

  /// Where a sequence stands. A preempted one is waiting again.
  public enum State {
    WAITING,
    RUNNING,
    FINISHED,
    ABORTED
  }

  private final T owner;
  private final int promptTokens;
  private final int outputTokens;
  private final int cachedTokens;
  private final long arrivedAt;

  State state = State.WAITING;
  int computed;
  int generated;
  int blocks;
  int scheduled;
  int preemptions;
  long admittedAt = NEVER;
  long firstTokenAt = NEVER;
  long previousTokenAt = NEVER;
  long lastTokenAt = NEVER;

  Sequence(T owner, int promptTokens, int cachedTokens, int outputTokens, long arrivedAt) {
    this.owner = owner;
    this.promptTokens = promptTokens;
    this.cachedTokens = cachedTokens;
    this.outputTokens = outputTokens;
    this.arrivedAt = arrivedAt;
  }

  public T owner() {
    return owner;
  }

  public int promptTokens() {
    return promptTokens;
  }

  /// Tokens of the prompt whose keys and values were cached, so that prefill passes over them.
  public int cachedTokens() {
    return cachedTokens;
  }

  /// Tokens it will make in all.
  public int outputTokens() {
    return outputTokens;
  }

  /// Tokens made so far.
  public int generated() {
    return generated;
  }

  public State state() {
    return state;
  }

  /// How often its KV cache was taken away and computed again.
  public int preemptions() {
    return preemptions;
  }

  public long arrivedAt() {
    return arrivedAt;
  }

  /// When it first left the queue.
  public long admittedAt() {
    return admittedAt;
  }

  public long firstTokenAt() {
    return firstTokenAt;
  }

  public long lastTokenAt() {
    return lastTokenAt;
  }

  /// When the token before the last one came.
  public long previousTokenAt() {
    return previousTokenAt;
  }

  /// Tokens whose keys and values the next new token needs.
  int target() {
    return promptTokens + generated;
  }

  boolean decoding() {
    return generated > 0 && computed == target() - 1;
  }
}
