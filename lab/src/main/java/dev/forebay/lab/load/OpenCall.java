package dev.forebay.lab.load;

import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/// A call under way. For one loop, which is for one thread.
final class OpenCall {
  final String id;
  final Arrival arrival;

  /// By the clock of the machine.
  final long intendedNanos;

  final @Nullable MessageDigest hash;

  @Nullable Connection connection;
  int status;
  @Nullable String replica;
  @Nullable String reason;
  int attempts;
  boolean events;
  boolean done;
  boolean error;
  boolean garbled;
  boolean ended;
  int deltas;
  long firstNanos;
  long lastNanos;
  long textBytes;

  OpenCall(String id, Arrival arrival, long intendedNanos, @Nullable MessageDigest hash) {
    this.id = id;
    this.arrival = arrival;
    this.intendedNanos = intendedNanos;
    this.hash = hash;
  }

  boolean success() {
    return status / 100 == 2;
  }

  void delta(AnswerText answer, long now) {
    lastNanos = now - intendedNanos;
    if (deltas++ == 0) {
      firstNanos = lastNanos;
    }
    text(answer);
  }

  void text(AnswerText answer) {
    if (hash != null) {
      var text = answer.text();
      textBytes += text.length;
      hash.update(text);
    }
  }

  /// How the answer ended, its framing being complete or not.
  Ending ending(boolean complete) {
    if (garbled) {
      return Ending.GARBLED;
    }
    if (status == 0) {
      return Ending.BROKEN;
    }
    if (!success()) {
      return complete ? Ending.REFUSED : Ending.BROKEN;
    }
    if (error) {
      return Ending.STREAM_ERROR;
    }
    return (events ? done : complete) ? Ending.OK : Ending.CUT;
  }

  LoadOutcome outcome(Ending ending, long now) {
    return new LoadOutcome(
        id,
        arrival,
        ending,
        status,
        replica,
        reason,
        attempts,
        deltas,
        firstNanos,
        lastNanos,
        now - intendedNanos,
        textBytes,
        hash == null ? null : LoadOutcome.hex(hash.digest()));
  }
}
