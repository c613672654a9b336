package dev.forebay.lab.engine;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// Continuous batching as vLLM does it: decodes first, then chunks of prefill up to a token budget,
/// first come first served, and when the KV pool runs dry the newest sequence gives its blocks back
/// and is computed again later.
///
/// A state machine without clock, thread or randomness: the same calls give the same steps. Not
/// thread safe. A step costs O(running sequences).
///
/// @see <a href="https://arxiv.org/abs/2309.06180">Kwon et al., PagedAttention, section 4.5</a>
/// @see <a href="https://arxiv.org/abs/2403.02310">Agrawal et al., Sarathi-Serve, section 4.2</a>
public final class Scheduler<T> {

  private final SchedulerConfig config;
  private final CostModel cost;

  /// Both in order of arrival: only the newest running sequence is ever put back.
  private final LinkedHashSet<Sequence<T>> waiting = new LinkedHashSet<>();

  private final List<Sequence<T>> running = new ArrayList<>();

  private List<Sequence<T>> batch = List.of();
  private long batchEndsAt = Step.IDLE;
  private int freeBlocks;
  private long preemptions;

  public Scheduler(SchedulerConfig config, CostModel cost) {
    this.config = config;
    this.cost = cost;
    this.freeBlocks = config.kvBlocks();
  }

  /// Whether a sequence of that size fits the KV pool when it has it to itself.
  public boolean fits(int promptTokens, int outputTokens) {
    // The last token's keys and values are never needed.
    return SchedulerConfig.blocks(promptTokens + outputTokens - 1) <= config.kvBlocks();
  }

  /// Puts a sequence at the end of the queue; call [#step] after it. An iteration under way is not
  /// disturbed, so bring the scheduler up to `now` by [#step] before.
  ///
  /// @param cachedTokens of the prompt that prefill passes over
  /// @throws IllegalArgumentException if it would not fit even alone, see [#fits]
  public Sequence<T> submit(
      T owner, int promptTokens, int cachedTokens, int outputTokens, long now) {
    if (promptTokens < 1 || outputTokens < 1 || cachedTokens < 0) {
      throw new IllegalArgumentException(
          "promptTokens and outputTokens must be >= 1 and cachedTokens >= 0, were %d, %d, %d"
              .formatted(promptTokens, outputTokens, cachedTokens));
    }
    if (!fits(promptTokens, outputTokens)) {
      throw new IllegalArgumentException(
          "promptTokens + outputTokens must fit %d blocks of KV cache, were %d + %d"
              .formatted(config.kvBlocks(), promptTokens, outputTokens));
    }
    var sequence =
        new Sequence<>(
            owner, promptTokens, Math.min(cachedTokens, promptTokens - 1), outputTokens, now);
    waiting.addLast(sequence);
    return sequence;
  }

  /// Ends a sequence and frees its blocks at once; does nothing if it has ended already.
  public void abort(Sequence<T> sequence) {
    switch (sequence.state) {
      case WAITING -> waiting.remove(sequence);
      case RUNNING -> {
        running.remove(sequence);
        free(sequence);
      }
      case FINISHED, ABORTED -> {
        return;
      }
    }
    sequence.state = Sequence.State.ABORTED;
  }

  /// Ends the iteration under way if it is due and starts the next, which begins where the last one
  /// ended even if `now` is later: a driver that comes late calls again until `nextAt` is ahead.
  public Step<T> step(long now) {
    if (batchEndsAt == Step.IDLE) {
      plan(now);
      return new Step<>(now, List.of(), List.of(), batchEndsAt);
    }
    if (now < batchEndsAt) {
      return new Step<>(now, List.of(), List.of(), batchEndsAt);
    }
    long endedAt = batchEndsAt;
    var produced = new ArrayList<Sequence<T>>(batch.size());
    var finished = new ArrayList<Sequence<T>>();
    for (var sequence : batch) {
      complete(sequence, endedAt, produced, finished);
    }
    if (!finished.isEmpty()) {
      running.removeIf(sequence -> sequence.state == Sequence.State.FINISHED);
    }
    plan(endedAt);
    return new Step<>(endedAt, produced, finished, batchEndsAt);
  }

  public int running() {
    return running.size();
  }

  public int waiting() {
    return waiting.size();
  }

  /// Share of the KV pool in use, 0 to 1.
  public double kvUsage() {
    return (double) usedBlocks() / config.kvBlocks();
  }

  public int usedBlocks() {
    return config.kvBlocks() - freeBlocks;
  }

  public long preemptions() {
    return preemptions;
  }

  private void complete(
      Sequence<T> sequence, long at, List<Sequence<T>> produced, List<Sequence<T>> finished) {
    if (sequence.state != Sequence.State.RUNNING) {
      return; // aborted while it was computed
    }
    sequence.computed += sequence.scheduled;
    if (sequence.computed < sequence.target()) {
      return;
    }
    sequence.generated++;
    if (sequence.firstTokenAt == Sequence.NEVER) {
      sequence.firstTokenAt = at;
    }
    sequence.previousTokenAt = sequence.lastTokenAt;
    sequence.lastTokenAt = at;
    produced.add(sequence);
    if (sequence.generated == sequence.outputTokens()) {
      sequence.state = Sequence.State.FINISHED;
      free(sequence);
      finished.add(sequence);
    }
  }

  private void plan(long now) {
    batch = new ArrayList<>(running.size() + 1);
    int budget = config.maxNumBatchedTokens();
    long context = 0;
    double pairs = 0;
    long preemptedBefore = preemptions;

    // Preempting takes from the end of `running`, so what is batched already stays.
    for (int i = 0; i < running.size(); i++) {
      var sequence = running.get(i);
      if (sequence.decoding() && grow(sequence)) {
        context += sequence.target();
        budget -= schedule(sequence, 1);
      }
    }
    for (var sequence : running) {
      if (budget > 0 && !sequence.decoding()) {
        int chunk = Math.min(budget, sequence.target() - sequence.computed);
        pairs += CostModel.pairs(chunk, sequence.computed);
        budget -= schedule(sequence, chunk);
      }
    }
    while (budget > 0 && preemptions == preemptedBefore && admitOldest(now)) {
      var sequence = running.getLast();
      int chunk = Math.min(budget, sequence.target() - sequence.computed);
      pairs += CostModel.pairs(chunk, sequence.computed);
      budget -= schedule(sequence, chunk);
    }
    batchEndsAt =
        batch.isEmpty()
            ? Step.IDLE
            : now + cost.iterationNanos(config.maxNumBatchedTokens() - budget, context, pairs);
  }

  private int schedule(Sequence<T> sequence, int tokens) {
    sequence.scheduled = tokens;
    batch.add(sequence);
    return tokens;
  }

  /// Finds room for one more token; false if the sequence itself had to give way.
  private boolean grow(Sequence<T> sequence) {
    if (SchedulerConfig.blocks(sequence.target()) <= sequence.blocks) {
      return true;
    }
    while (freeBlocks == 0) {
      var newest = running.getLast();
      preempt(newest);
      if (newest == sequence) {
        return false;
      }
    }
    freeBlocks--;
    sequence.blocks++;
    return true;
  }

  private void preempt(Sequence<T> sequence) {
    running.removeLast();
    free(sequence);
    sequence.computed = 0;
    sequence.state = Sequence.State.WAITING;
    sequence.preemptions++;
    preemptions++;
    waiting.addFirst(sequence);
  }

  private boolean admitOldest(long now) {
    if (waiting.isEmpty() || running.size() >= config.maxNumSeqs()) {
      return false;
    }
    var oldest = waiting.getFirst();
    int needed = SchedulerConfig.blocks(oldest.target());
    if (needed > freeBlocks) {
      return false;
    }
    waiting.removeFirst();
    freeBlocks -= needed;
    oldest.blocks = needed;
    oldest.state = Sequence.State.RUNNING;
    if (oldest.admittedAt == Sequence.NEVER) {
      oldest.admittedAt = now;
      oldest.computed = oldest.cachedTokens();
    }
    running.addLast(oldest);
    return true;
  }

  private void free(Sequence<T> sequence) {
    freeBlocks += sequence.blocks;
    sequence.blocks = 0;
  }
}
