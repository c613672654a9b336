package dev.forebay.server.http;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The body of a request on its way to a replica.
public sealed interface Body {

  /// A body held whole, so that it can be sent again. The call holds and releases it.
  record Whole(ByteBuf bytes) implements Body {}

  /// A body passed on as it arrives: too large to hold, or not understood. It can be sent once.
  ///
  /// Belongs to the call's loop.
  final class Passing implements Body {
    private final long length;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
    private final Valve valve;
    private @Nullable Receiver receiver;
    private boolean complete;
    private boolean closed;

    /// @param length bytes as announced by the caller, or -1 if it sends chunks
    Passing(long length, Valve valve) {
      this.length = length;
      this.valve = valve;
    }

    /// Announced bytes, or -1.
    public long length() {
      return length;
    }

    /// Sends what has arrived and all that will to the receiver.
    public void to(Receiver receiver) {
      this.receiver = receiver;
      for (ByteBuf part = waiting.poll(); part != null; part = waiting.poll()) {
        receiver.part(part);
      }
      if (complete) {
        receiver.last();
      } else {
        valve.open(true);
      }
    }

    /// Stops or continues reading from the caller.
    public void flowing(boolean open) {
      if (!complete && !closed) {
        valve.open(open);
      }
    }

    void part(ByteBuf part) {
      if (closed) {
        part.release();
      } else if (receiver != null) {
        receiver.part(part);
      } else {
        waiting.add(part);
        valve.open(false);
      }
    }

    void last() {
      complete = true;
      valve.open(true);
      if (receiver != null && !closed) {
        receiver.last();
      }
    }

    /// Drops what was not sent.
    void close() {
      closed = true;
      waiting.forEach(ByteBuf::release);
      waiting.clear();
    }

    /// Where the body goes.
    public interface Receiver {
      /// Takes over one part, with its reference.
      void part(ByteBuf part);

      void last();
    }

    /// What lets the caller's bytes in.
    interface Valve {
      void open(boolean open);
    }
  }
}
