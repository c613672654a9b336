package dev.forebay.server.http;

import dev.forebay.pipeline.Held;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// A request's body while it arrives, held within the limits for one body and for all of them.
/// Belongs to its loop.
final class RequestBody implements Held {
  private final HeldBodies budget;
  private final long limit;
  private final ByteBufAllocator alloc;
  private @Nullable ByteBuf bytes;
  private boolean together;
  private long taken;

  /// @param limit bytes that one body may have
  RequestBody(HeldBodies budget, long limit, ByteBufAllocator alloc) {
    this.budget = budget;
    this.limit = limit;
    this.alloc = alloc;
  }

  /// What became of a part.
  enum Fit {
    HELD,
    /// This body is larger than any body may be.
    TOO_LARGE,
    /// There is no room for any body now.
    NO_ROOM
  }

  /// Takes over a part with its reference, whatever comes of it.
  Fit add(ByteBuf part) {
    int size = part.readableBytes();
    if (size == 0) {
      part.release();
      return Fit.HELD;
    }
    boolean room = budget.take(size, taken);
    taken += room ? size : 0;
    append(part);
    if (taken > limit) {
      return Fit.TOO_LARGE;
    }
    return room ? Fit.HELD : Fit.NO_ROOM;
  }

  // Parts are copied together rather than kept side by side: a caller may send each byte in a part
  // of its own, and a part keeps alive all of the buffer in which it arrived.
  private void append(ByteBuf part) {
    ByteBuf first = bytes;
    if (first == null) {
      bytes = part;
      return;
    }
    if (!together) {
      together = true;
      bytes = alloc.directBuffer(first.readableBytes() + part.readableBytes()).writeBytes(first);
      first.release();
    }
    bytes().writeBytes(part);
    part.release();
  }

  /// The body so far; still held here.
  ByteBuf bytes() {
    return bytes == null ? Unpooled.EMPTY_BUFFER : bytes;
  }

  /// Puts other bytes in place of those from `from` to `to`, counted from the body's start.
  void replace(int from, int to, ByteBuf with) {
    ByteBuf old = bytes();
    int start = old.readerIndex();
    bytes =
        alloc
            .compositeDirectBuffer(3)
            .addComponent(true, old.retainedSlice(start, from))
            .addComponent(true, with)
            .addComponent(true, old.retainedSlice(start + to, old.readableBytes() - to));
    old.release();
  }

  /// Hands the bytes over; the budget is given back, since they are no longer held.
  ByteBuf handOver() {
    ByteBuf all = bytes();
    bytes = null;
    close();
    return all;
  }

  @Override
  public void close() {
    budget.giveBack(taken);
    taken = 0;
    if (bytes != null) {
      bytes.release();
      bytes = null;
    }
  }
}
