package dev.forebay.pipeline;

/// What is known of a running answer. One writer, the splice on the call's loop; policies read it
/// when they decide. Not safe for other threads.
///
/// It describes the attempt that runs now: a new attempt starts it afresh.
public final class Progress {
  /// No such moment yet.
  public static final long NEVER = Long.MIN_VALUE;

  private long firstActivityNanos = NEVER;
  private long firstContentNanos = NEVER;
  private long lastActivityNanos = NEVER;
  private int deltas;
  private int keepAlives;
  private boolean usageTold;
  private int deltasWhenTold;
  private long promptTokens;
  private long completionTokens;

  /// Content reached the gateway: text, reasoning, refusal, tool call or audio, of any choice.
  public void delta(long now) {
    if (firstContentNanos == NEVER) {
      firstContentNanos = now;
    }
    deltas++;
  }

  /// Bytes arrived, whatever they mean.
  public void activity(long now) {
    if (firstActivityNanos == NEVER) {
      firstActivityNanos = now;
    }
    lastActivityNanos = now;
  }

  /// A comment or a blank line arrived, which says that the connection lives and nothing else.
  public void keepAlive() {
    keepAlives++;
  }

  /// The engine told its own count; the last one told is the one that holds.
  public void usage(long promptTokens, long completionTokens) {
    this.promptTokens = promptTokens;
    this.completionTokens = completionTokens;
    usageTold = true;
    deltasWhenTold = deltas;
  }

  void restart() {
    firstActivityNanos = NEVER;
    firstContentNanos = NEVER;
    lastActivityNanos = NEVER;
    deltas = 0;
    keepAlives = 0;
    usageTold = false;
    deltasWhenTold = 0;
    promptTokens = 0;
    completionTokens = 0;
  }

  /// When bytes first arrived, on the loop's clock; `NEVER` before.
  public long firstActivityNanos() {
    return firstActivityNanos;
  }

  /// When content first arrived, on the loop's clock; `NEVER` before.
  public long firstContentNanos() {
    return firstContentNanos;
  }

  /// When bytes last arrived, on the loop's clock; `NEVER` before.
  public long lastActivityNanos() {
    return lastActivityNanos;
  }

  /// Whether any content has arrived.
  public boolean content() {
    return firstContentNanos != NEVER;
  }

  public int deltas() {
    return deltas;
  }

  public int keepAlives() {
    return keepAlives;
  }

  /// Prompt tokens as told by the engine; 0 if it has told nothing.
  public long promptTokens() {
    return promptTokens;
  }

  /// Tokens generated so far: what the engine told last and one per delta since, or one per delta
  /// where it has told nothing. Engines that tell at the start of a stream and at its end thus
  /// count right in between.
  public long completionTokens() {
    return usageTold ? completionTokens + (deltas - deltasWhenTold) : deltas;
  }

  /// Whether the engine told its count and nothing came after it, so that the counts are its own
  /// and no estimate.
  public boolean usageIsWhole() {
    return usageTold && deltas == deltasWhenTold;
  }
}
