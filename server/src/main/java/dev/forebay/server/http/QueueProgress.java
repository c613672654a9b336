package dev.forebay.server.http;

import dev.forebay.pipeline.Place;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells the caller of a stream where its call stands while it waits for room, in comments that no
/// client takes for content. It begins with the head, so what becomes of the call can only be told
/// in the stream from then on. Belongs to the call's loop.
final class QueueProgress extends Sweep.Swept {
  private final HttpCall call;
  private final Supplier<@Nullable Place> where;
  private final long everyNanos;
  private long toldAt;

  QueueProgress(HttpCall call, Supplier<@Nullable Place> where, Duration every) {
    this.call = call;
    this.where = where;
    this.everyNanos = every.toNanos();
  }

  void begin() {
    tell(call.loop().nanoTime());
  }

  @Override
  protected void sweep(long now) {
    if (now - toldAt >= everyNanos) {
      tell(now);
    }
  }

  private void tell(long now) {
    toldAt = now;
    Place place = where.get();
    Reply reply = call.reply();
    if (place == null) {
      return;
    }
    if (!reply.committed()) {
      call.status(200);
      reply.commitStream(OwnLines.of(call));
    }
    // What a caller does not take must not pile up.
    if (reply.writable()) {
      reply.comment(Unpooled.copiedBuffer(words(place), StandardCharsets.US_ASCII));
    }
  }

  private static String words(Place place) {
    String eta = place.expected() == null ? "" : " eta_ms=" + place.expected().toMillis();
    return ": queued position=" + place.position() + eta + "\n\n";
  }
}
