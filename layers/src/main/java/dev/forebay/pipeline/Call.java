package dev.forebay.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One request on the path, from its arrival to its one outcome.
///
/// A call lives on one loop and belongs to it: none of its methods may be called from elsewhere. It
/// owns what is held for it and gives all of it back, in reverse, in the one place where calls end,
/// whether they were answered, refused, cancelled, timed out or drained. Open to be extended by
/// whoever carries the request's bytes.
public class Call {
  private final String id;
  private final Loop loop;
  private final Request request;
  private final Caller caller;
  private final long arrivedNanos;
  private final Progress progress = new Progress();
  private final Holdings holdings = new Holdings();
  private final List<Consumer<Outcome>> observers = new ArrayList<>(2);
  private final List<String> replicas = new ArrayList<>(2);
  private final List<Attempt> tried = new ArrayList<>(2);
  private final List<Note> notes = new ArrayList<>(1);
  private @Nullable Attempt attempt;
  private @Nullable String pinned;
  private @Nullable Allowance allowance;
  private Leeway leeway = Leeway.NONE;
  private int attempts;
  private boolean unaffordable;
  private int status;
  private @Nullable Place place;
  private boolean waiting;
  private long waitedNanos;

  /// A call of nobody known.
  ///
  /// @param arrivedNanos when the request's first byte was read, on the loop's clock
  public Call(String id, Loop loop, Request request, long arrivedNanos) {
    this(id, loop, request, Caller.ANONYMOUS, arrivedNanos);
  }

  /// @param arrivedNanos when the request's first byte was read, on the loop's clock
  public Call(String id, Loop loop, Request request, Caller caller, long arrivedNanos) {
    this.id = id;
    this.loop = loop;
    this.request = request;
    this.caller = caller;
    this.arrivedNanos = arrivedNanos;
  }

  public final String id() {
    return id;
  }

  public final Loop loop() {
    return loop;
  }

  public final Request request() {
    return request;
  }

  public final Caller caller() {
    return caller;
  }

  public final long arrivedNanos() {
    return arrivedNanos;
  }

  /// When the caller wants its first content at the latest, on the loop's clock; `Progress.NEVER`
  /// if it told nothing.
  public long deadlineNanos() {
    return Progress.NEVER;
  }

  /// Who alone may come back to what this call makes: the tenant whose key was shown. Empty for a
  /// caller of whom nothing is known.
  public String owner() {
    return caller.key().isEmpty() ? "" : caller.tenant();
  }

  /// Whether a pool that calls the model otherwise can be asked with its own name for it.
  public boolean renames() {
    return true;
  }

  /// Whether a bound can be set on what is generated for it.
  public boolean bounds() {
    return true;
  }

  /// The name of the only replica that can serve this call; null if any may.
  public final @Nullable String pinned() {
    return pinned;
  }

  /// Says that only that replica can serve this call, in this attempt and in later ones.
  public final void pin(String replica) {
    pinned = replica;
  }

  public final Progress progress() {
    return progress;
  }

  /// What the caller may still ask for, as it was when its limits were asked; null before that.
  public final @Nullable Allowance allowance() {
    return allowance;
  }

  public final void allowance(Allowance allowance) {
    this.allowance = allowance;
  }

  /// What the caller puts up with rather than be refused.
  public final Leeway leeway() {
    return leeway;
  }

  public final void leeway(Leeway leeway) {
    this.leeway = leeway;
  }

  /// What is asked in the attempt under way: the request, or what a degradation leaves of it.
  public final Request asked() {
    return attempt == null ? request : attempt.request();
  }

  /// What was taken from the call where it reached a replica last.
  public final Degradation degradation() {
    if (attempt != null && attempt.replica() != null) {
      return attempt.degradation();
    }
    for (Attempt each : tried.reversed()) {
      if (each.replica() != null) {
        return each.degradation();
      }
    }
    return Degradation.NONE;
  }

  /// Keeps what a stage found out about this call.
  public final void note(Note note) {
    notes.add(note);
  }

  public final List<Note> notes() {
    return notes;
  }

  /// The status that the caller was told; 0 as long as it was told none.
  public final int status() {
    return status;
  }

  /// Says that the caller is told that status.
  public final void status(int status) {
    this.status = status;
  }

  /// Where it stood when it came to a queue, the last one if it came to several; null if it had
  /// never to wait.
  public final @Nullable Place place() {
    return place;
  }

  /// Says where it stands in a queue to which it comes, or that refuses it.
  public final void place(Place place) {
    this.place = place;
  }

  /// Says that it begins to wait. Open, so that whoever carries the call can tell its caller.
  ///
  /// @param now tells its place, or null once it waits no more
  public void waits(Supplier<@Nullable Place> now) {
    waiting = true;
  }

  /// Whether it waits for room now.
  public final boolean waiting() {
    return waiting;
  }

  /// How long it waited for room, in all its attempts; nanoseconds.
  public final long waitedNanos() {
    return waitedNanos;
  }

  /// Says that it waited for so long.
  public final void waited(long nanos) {
    waiting = false;
    waitedNanos += nanos;
  }

  /// Gives something to the call to hold: to the attempt under way if there is one, else to the
  /// call itself. If the call has ended already, that is closed at once.
  public final void hold(Held held) {
    if (attempt != null) {
      attempt.hold(held);
    } else {
      holdings.hold(held);
    }
  }

  /// Begins one try of this call.
  ///
  /// @param onEnd gets the attempt's outcome after all it held was given back, and then either
  ///   begins another attempt or ends the call; not told when the whole call is abandoned
  /// @throws IllegalStateException if an attempt is under way or the call has ended
  public final Attempt attempt(Consumer<Outcome> onEnd) {
    if (attempt != null || ended()) {
      throw new IllegalStateException(
          "call " + id + (ended() ? " has ended" : " is already being tried"));
    }
    progress.restart();
    attempts++;
    attempt = new Attempt(this, attempts, onEnd);
    return attempt;
  }

  /// The attempt under way, if any.
  public final @Nullable Attempt attempt() {
    return attempt;
  }

  /// How many tries have begun.
  public final int attempts() {
    return attempts;
  }

  /// The replicas on which this call was tried, in order.
  public final List<String> replicas() {
    return replicas;
  }

  /// How many replicas were asked, the one under way included. An attempt that found no replica is
  /// none.
  public final int replicasAsked() {
    return replicas.size() + (attempt != null && attempt.replica() != null ? 1 : 0);
  }

  /// Says that the call would be tried once more if the budget of retries paid for it.
  public final void cannotAffordRetry() {
    unaffordable = true;
  }

  /// Whether a retry by the caller would be one too many: this call was tried on several replicas,
  /// or nothing is left to pay for retries.
  public final boolean triedEnough() {
    return unaffordable || replicasAsked() > 1;
  }

  /// The attempts that have ended, in order.
  public final List<Attempt> tried() {
    return tried;
  }

  /// Ends the attempt under way, whose starter then decides; or, if there is none, the call.
  public final void end(Outcome outcome) {
    if (attempt != null) {
      attempt.end(outcome);
    } else {
      abandon(outcome);
    }
  }

  /// Ends the whole call, with whatever attempt is under way: the caller left, time is up, the
  /// gateway shuts down. The first outcome holds; later ones are ignored.
  public final void abandon(Outcome outcome) {
    if (holdings.closed()) {
      return;
    }
    holdings.seal();
    if (attempt != null) {
      attempt.close(outcome);
    }
    holdings.close();
    observers.forEach(observer -> observer.accept(outcome));
  }

  /// Whether the call has had its outcome.
  public final boolean ended() {
    return holdings.closed();
  }

  /// Tells the observer the outcome, after everything held was given back. Observers are told in
  /// the order in which they asked; one that asks too late is not told.
  public final void onEnd(Consumer<Outcome> observer) {
    if (!ended()) {
      observers.add(observer);
    }
  }

  void left(Attempt ended) {
    if (attempt == ended) {
      attempt = null;
      tried.add(ended);
      if (ended.replica() != null) {
        replicas.add(ended.replica());
      }
    }
  }
}
