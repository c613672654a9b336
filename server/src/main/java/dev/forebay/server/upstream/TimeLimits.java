package dev.forebay.server.upstream;

import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Progress;
import dev.forebay.server.http.HttpCall;
import dev.forebay.server.http.OwnLines;
import dev.forebay.server.http.Reply;
import dev.forebay.server.http.Sweep;
import java.time.Duration;

/// The time limits of a call while an attempt is under way.
///
/// Their clock runs from the call's arrival, through all its attempts, and stands while the call
/// waits in the queue, which has limits of its own: what waited for long is not cut off when it is
/// sent, and no replica is blamed for that wait. Keep-alives do not stop it. A plain answer has no
/// first content before it is whole, so only the total limit and the caller's own deadline bind it.
final class TimeLimits extends Sweep.Swept {
  private final HttpCall call;
  private final Attempt attempt;
  private final UpstreamConfig config;
  private final long slowReaderNanos;
  private final long deadlineNanos;
  private long pausedNanos = Progress.NEVER;
  private long keptAliveNanos;

  TimeLimits(HttpCall call, Attempt attempt, UpstreamConfig config, Duration slowReader) {
    this.call = call;
    this.attempt = attempt;
    this.config = config;
    this.slowReaderNanos = slowReader.toNanos();
    this.deadlineNanos = call.deadlineNanos();
  }

  /// Says whether the replica waits for a slow caller.
  void paused(boolean paused) {
    pausedNanos = paused ? call.loop().nanoTime() : Progress.NEVER;
  }

  @Override
  protected void sweep(long now) {
    long age = now - call.arrivedNanos() - call.waitedNanos();
    Progress progress = call.progress();
    boolean stream = call.request().stream();
    boolean content = call.reply().contentSent();
    if (!content && deadlineNanos != Progress.NEVER && now - deadlineNanos > 0) {
      end(Cause.DEADLINE, "no content came before the deadline that x-deadline-ms set");
    } else if (!content && stream && age > config.firstContent().toNanos()) {
      end(Cause.FIRST_CONTENT_TIMEOUT, "no content came within " + text(config.firstContent()));
    } else if (age > config.total().toNanos()) {
      end(Cause.TOTAL_TIMEOUT, "the answer took longer than " + text(config.total()));
    } else if (pausedNanos != Progress.NEVER) {
      if (now - pausedNanos > slowReaderNanos) {
        call.abandon(
            new Failed(
                Cause.SLOW_READER, content, "the caller took nothing of its answer for too long"));
      }
    } else if (content
        && stream
        && progress.lastActivityNanos() != Progress.NEVER
        && now - progress.lastActivityNanos() > config.idle().toNanos()) {
      end(Cause.IDLE_TIMEOUT, "the replica was silent for " + text(config.idle()));
    } else if (stream && !content && age > config.commitAfter().toNanos()) {
      sayThatWeLive(now);
    }
  }

  private void sayThatWeLive(long now) {
    Reply reply = call.reply();
    if (!reply.committed()) {
      call.status(200);
      reply.commitStream(OwnLines.of(call));
    } else if (now - keptAliveNanos <= config.keepAliveEvery().toNanos()) {
      return;
    }
    reply.keepAlive();
    keptAliveNanos = now;
  }

  private void end(Cause cause, String detail) {
    attempt.end(new Failed(cause, call.reply().contentSent(), detail));
  }

  private static String text(Duration limit) {
    return limit.toMillis() % 1000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
  }
}
