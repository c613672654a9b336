package dev.forebay.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One try of a call on one replica of one pool, with a scope of its own: what is held for it is
/// given back when it ends, before anybody decides about the next. Belongs to the call's loop.
public final class Attempt {
  private final Call call;
  private final int number;
  private final Consumer<Outcome> onEnd;
  private final Holdings holdings = new Holdings();
  private @Nullable String pool;
  private @Nullable String model;
  private boolean othersFollow;
  private Degradation degradation = Degradation.NONE;
  private final List<Note> notes = new ArrayList<>(1);
  private final long beganNanos;
  private long firstActivityNanos = Progress.NEVER;
  private long firstContentNanos = Progress.NEVER;
  private long endedNanos = Progress.NEVER;
  private @Nullable String replica;
  private @Nullable Outcome outcome;
  private @Nullable Consumer<Outcome> judge;

  Attempt(Call call, int number, Consumer<Outcome> onEnd) {
    this.call = call;
    this.number = number;
    this.onEnd = onEnd;
    this.beganNanos = call.loop().nanoTime();
  }

  /// 1 for the first try of a call.
  public int number() {
    return number;
  }

  /// Says in which pool this attempt is made.
  ///
  /// @param model what the pool calls the model of the request
  public void in(String pool, String model) {
    this.pool = pool;
    this.model = model;
  }

  /// The name of the pool; null if there is none for the request.
  public @Nullable String pool() {
    return pool;
  }

  /// What its pool calls the model of the request; null if there is no pool.
  public @Nullable String model() {
    return model;
  }

  /// Says that another pool is asked if this one can name no replica.
  public void othersFollow() {
    othersFollow = true;
  }

  /// Whether another pool stands in for the one of this attempt.
  public boolean hasOthers() {
    return othersFollow;
  }

  /// Says what this attempt takes from the call so that it need not be refused.
  public void degraded(Degradation degradation) {
    this.degradation = degradation;
    note(degradation);
  }

  public Degradation degradation() {
    return degradation;
  }

  /// What is asked in this attempt: the call's request, or what is left of it.
  public Request request() {
    return degradation.of(call.request());
  }

  /// Says on which replica this attempt runs.
  public void on(String replica) {
    this.replica = replica;
  }

  /// The name of the replica, once one was chosen.
  public @Nullable String replica() {
    return replica;
  }

  /// Keeps what a stage found out about this attempt.
  public void note(Note note) {
    notes.add(note);
  }

  public List<Note> notes() {
    return notes;
  }

  /// When this attempt began, on the loop's clock.
  public long beganNanos() {
    return beganNanos;
  }

  /// When its replica's first bytes arrived; `NEVER` if none did, or while it runs.
  public long firstActivityNanos() {
    return firstActivityNanos;
  }

  /// When its first content arrived; `NEVER` if none did, or while it runs.
  public long firstContentNanos() {
    return firstContentNanos;
  }

  /// When it ended; `NEVER` while it runs.
  public long endedNanos() {
    return endedNanos;
  }

  /// Sets who learns from this attempt's outcome before anybody decides about the next. Not told of
  /// an attempt that was abandoned with its call: that says nothing of the replica.
  public void judgedBy(Consumer<Outcome> judge) {
    this.judge = judge;
  }

  /// Gives something to the attempt to hold. If it has ended already, that is closed at once.
  public void hold(Held held) {
    holdings.hold(held);
  }

  /// What this attempt holds of the given kind, the latest first.
  public <T extends Held> @Nullable T held(Class<T> kind) {
    return holdings.find(kind);
  }

  /// Ends this attempt, gives back what it holds, and hands the outcome to whoever began it. Does
  /// nothing if it has ended: what an earlier attempt still has to say comes too late.
  public void end(Outcome outcome) {
    if (!holdings.closed()) {
      close(outcome);
      if (judge != null) {
        judge.accept(outcome);
      }
      // What was given back may have ended the whole call; then there is nothing left to decide.
      if (!call.ended()) {
        onEnd.accept(outcome);
      }
    }
  }

  /// How this attempt ended; null while it runs.
  public @Nullable Outcome outcome() {
    return outcome;
  }

  public boolean ended() {
    return holdings.closed();
  }

  /// Gives back what is held. The attempt stays the call's until that is done: whoever speaks up
  /// while something is given back speaks for an attempt that has ended, and is not heard.
  void close(Outcome outcome) {
    if (this.outcome == null) {
      this.outcome = outcome;
    }
    // The call's progress is that of one attempt after another.
    firstActivityNanos = call.progress().firstActivityNanos();
    firstContentNanos = call.progress().firstContentNanos();
    endedNanos = call.loop().nanoTime();
    holdings.close();
    call.left(this);
  }
}
