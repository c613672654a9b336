package dev.forebay.gpu;

import java.util.Arrays;
import java.util.OptionalLong;

/// What was promised of one replica's KV cache: every call that runs there, with the tokens that it
/// holds and those that it will still take.
///
/// An engine that is full puts calls back and computes them again later, so what counts is not how
/// full it is now but the **peak**: answers grow together, one token of each in every step, and
/// give their tokens back as they end. The peak is reached at the end of one of them, so it is the
/// largest, over all `i`, of what those that outlive `i` hold when `i` ends:
///
/// ```
/// peak = max over i of  Σ held(j) + remain(i) · Σ rate(j)     over all j with remain(j) ≥ remain(i)
/// ```
///
/// Calls are kept in the order of what they have left, longest first, which hardly changes as they
/// grow together. Telling the peak, reserving and giving back cost O(calls) over a few cache lines.
///
/// A state machine without clock; safe for many loops at once: each method takes the object's lock
/// for under a microsecond and calls nobody.
///
/// @see <a href="https://arxiv.org/abs/2507.10150">Past-Future Scheduler for LLM serving</a>
public final class KvLedger {
  /// Sequences that an engine is likely to compute at once that was never seen to compute any.
  private static final long FIRST_TRIED = 4;

  private Sequence[] running = new Sequence[16];
  private int size;
  private int sequences;
  private long held;
  private long waitingForPrefill;
  private int unread;
  private long unseen;

  private long capacity = Long.MAX_VALUE;
  private long block = 16;

  /// Sequences that the engine computes at once, where it says so.
  private OptionalLong maxSequences = OptionalLong.empty();

  /// The same as it was seen, where it does not say so.
  private OptionalLong learnt = OptionalLong.empty();

  private long lastRunning;
  private long lastWaiting;

  /// The most that it was ever seen to compute, where it shows how many it does.
  private OptionalLong seen = OptionalLong.empty();

  /// One call on the replica. Guarded by its ledger.
  static final class Sequence {
    private final long prompt;
    private final long unseen;
    private final int choices;
    private final boolean streams;
    private long generated;
    private long expected;
    private boolean prefilled;
    private long held;
    private long remain;
    private int at;
    private boolean released;

    /// @param streams whether anybody tells when its prompt was read and how far it has come; if
    ///   not, its prompt is taken as read
    Sequence(long prompt, long expected, int choices, boolean streams) {
      this.prompt = prompt;
      this.expected = expected;
      this.unseen = streams ? 0 : choices * expected;
      this.choices = choices;
      this.streams = streams;
      this.prefilled = !streams;
    }

    long prompt() {
      return prompt;
    }

    boolean streams() {
      return streams;
    }
  }

  /// Says what the engine can hold.
  ///
  /// @param tokens of KV cache; `Long.MAX_VALUE` if nobody knows
  /// @param block tokens that are taken together
  /// @param maxSequences that it computes at once; empty if nobody knows
  synchronized void capacity(long tokens, long block, OptionalLong maxSequences) {
    this.capacity = tokens;
    this.block = block;
    this.maxSequences = maxSequences;
  }

  /// Says how many sequences, of whomever, the engine computes now, and how many wait there. Where
  /// some wait and none of them has started since it last showed itself, it computes as many as it
  /// can, until it is seen to compute more.
  synchronized void shown(long running, long waiting) {
    if (waiting > 0 && lastWaiting > 0 && running <= lastRunning) {
      learnt = OptionalLong.of(running);
    } else if (learnt.isPresent() && running > learnt.getAsLong()) {
      learnt = OptionalLong.empty();
    }
    lastRunning = running;
    lastWaiting = waiting;
    seen = OptionalLong.of(Math.max(running, seen.orElse(0)));
  }

  /// Whether one more is likely to be computed at once. Of an engine of which nobody knows how many
  /// it can, twice as many as it was seen to compute are, and four at first.
  synchronized boolean likelyComputed() {
    return computedAtOnce().isPresent()
        || seen.isEmpty()
        || sequences < Math.max(FIRST_TRIED, 2 * seen.getAsLong());
  }

  private OptionalLong computedAtOnce() {
    return maxSequences.isPresent() ? maxSequences : learnt;
  }

  /// Sequences that may wait in the engine.
  private long mayWait() {
    return EngineQueue.allow(computedAtOnce());
  }

  /// Sequences that may be in the engine: those that it computes at once, and a few that wait
  /// there, so that it never waits for us.
  private long slots() {
    OptionalLong most = computedAtOnce();
    return most.isPresent() ? most.getAsLong() + mayWait() : Long.MAX_VALUE;
  }

  /// Tokens of KV cache that the engine has; `Long.MAX_VALUE` if nobody knows.
  synchronized long capacity() {
    return capacity;
  }

  /// Promises room to a sequence that no other replica can serve, whether there is any or not.
  synchronized void reserve(Sequence sequence) {
    measure(sequence);
    insert(sequence);
  }

  /// Reserves room, or says that there is none.
  ///
  /// @param usable tokens that may be promised in all
  /// @return whether the sequence runs from now on
  synchronized boolean tryReserve(Sequence sequence, long usable) {
    measure(sequence);
    if (!fits(sequence, usable)) {
      return false;
    }
    insert(sequence);
    return true;
  }

  /// A replica that is empty takes whatever comes: no estimate can tell for sure that a call does
  /// not fit.
  private boolean fits(Sequence sequence, long usable) {
    if (size == 0) {
      return true;
    }
    if (sequences + sequence.choices > slots()) {
      return false;
    }
    return usable == Long.MAX_VALUE
        || (held + sequence.held <= usable && peakWith(sequence) <= usable);
  }

  /// The most tokens that all who run will hold together.
  synchronized long peak() {
    return peakWith(NOBODY);
  }

  private long peakWith(Sequence newcomer) {
    long sum = 0;
    long rate = 0;
    long peak = 0;
    boolean counted = newcomer == NOBODY;
    for (int i = 0; i < size; i++) {
      Sequence s = running[i];
      if (!counted && newcomer.remain >= s.remain) {
        sum += newcomer.held;
        rate += newcomer.choices;
        peak = Math.max(peak, sum + newcomer.remain * rate);
        counted = true;
      }
      sum += s.held;
      rate += s.choices;
      peak = Math.max(peak, sum + s.remain * rate);
    }
    if (!counted) {
      peak = Math.max(peak, sum + newcomer.held + newcomer.remain * (rate + newcomer.choices));
    }
    return peak;
  }

  private static final Sequence NOBODY = new Sequence(0, 0, 0, false);

  /// The answer has grown.
  ///
  /// @param generated tokens of each choice so far
  /// @return whether it is as long as was expected, so that more must be expected of it
  synchronized boolean grew(Sequence sequence, long generated) {
    if (sequence.released) {
      return false;
    }
    if (!sequence.prefilled) {
      sequence.prefilled = true;
      waitingForPrefill -= sequence.prompt;
      unread--;
    }
    sequence.generated = generated;
    update(sequence);
    return generated >= sequence.expected;
  }

  /// The answer is expected to come to so many tokens.
  synchronized void expect(Sequence sequence, long expected) {
    if (!sequence.released) {
      sequence.expected = expected;
      update(sequence);
    }
  }

  private void update(Sequence sequence) {
    long before = sequence.held;
    measure(sequence);
    held += sequence.held - before;
    settle(sequence);
  }

  private void measure(Sequence sequence) {
    long tokens = sequence.prompt + sequence.choices * sequence.generated;
    sequence.held = Math.ceilDiv(tokens, block) * block;
    sequence.remain = Math.max(1, sequence.expected - sequence.generated);
  }

  /// Gives the room back; does nothing the second time.
  synchronized void release(Sequence sequence) {
    if (sequence.released) {
      return;
    }
    sequence.released = true;
    if (!sequence.prefilled) {
      waitingForPrefill -= sequence.prompt;
      unread--;
    }
    sequences -= sequence.choices;
    held -= sequence.held;
    unseen -= sequence.unseen;
    size--;
    for (int i = sequence.at; i < size; i++) {
      put(running[i + 1], i);
    }
    running[size] = NOBODY;
  }

  private void insert(Sequence sequence) {
    if (size == running.length) {
      running = Arrays.copyOf(running, 2 * size);
    }
    put(sequence, size);
    size++;
    settle(sequence);
    sequences += sequence.choices;
    held += sequence.held;
    unseen += sequence.unseen;
    if (!sequence.prefilled) {
      waitingForPrefill += sequence.prompt;
      unread++;
    }
  }

  /// Moves a sequence to where it belongs.
  private void settle(Sequence sequence) {
    int i = sequence.at;
    for (; i > 0 && running[i - 1].remain < sequence.remain; i--) {
      put(running[i - 1], i);
    }
    for (; i < size - 1 && running[i + 1].remain > sequence.remain; i++) {
      put(running[i + 1], i);
    }
    put(sequence, i);
  }

  private void put(Sequence sequence, int at) {
    running[at] = sequence;
    sequence.at = at;
  }

  /// Tokens that are held now, as far as answers are seen to grow.
  synchronized long held() {
    return held;
  }

  /// The same with all that answers may hold that nobody sees grow.
  synchronized long heldAtMost() {
    return held + unseen;
  }

  /// Tokens of prompts whose answers have not begun.
  synchronized long waitingForPrefill() {
    return waitingForPrefill;
  }

  /// Whether as many prompts are unread as may wait in the engine.
  synchronized boolean lineIsFull() {
    return unread >= mayWait();
  }

  /// Sequences that run, each choice of a call by itself.
  synchronized int sequences() {
    return sequences;
  }
}
