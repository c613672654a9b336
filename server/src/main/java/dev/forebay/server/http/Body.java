package dev.forebay.server.http;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.function.IntConsumer;
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
    private final Valve valve;
    private final IntConsumer taken;
    private final ArrayDeque<Part> waiting = new ArrayDeque<>();
    private @Nullable Receiver receiver;
    private boolean complete;
    private boolean closed;

    /// @param owed bytes that the caller may send anew once these have left
    private record Part(ByteBuf bytes, int owed) {}

    /// @param length bytes as announced by the caller, or -1 if it sends chunks
    /// @param taken told how many bytes of the caller's have left for the replica
    Passing(long length, Valve valve, IntConsumer taken) {
      this.length = length;
      this.valve = valve;
      this.taken = taken;
    }

    /// Announced bytes, or -1.
    public long length() {
      return length;
    }

    /// Sends what has arrived and all that will to the receiver.
    public void to(Receiver receiver) {
      this.receiver = receiver;
      for (Part part = waiting.poll(); part != null; part = waiting.poll()) {
        receiver.part(part.bytes(), part.owed());
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

    /// Says that a part has left for the replica.
    public void left(int owed) {
      taken.accept(owed);
    }

    void part(ByteBuf part, int owed) {
      if (closed) {
        part.release();
        taken.accept(owed);
      } else if (receiver != null) {
        receiver.part(part, owed);
      } else {
        waiting.add(new Part(part, owed));
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
      waiting.forEach(part -> part.bytes().release());
      waiting.clear();
    }

    /// Where the body goes.
    public interface Receiver {
      /// Takes over one part, with its reference.
      ///
      /// @param owed what to say in `left` once it was written
      void part(ByteBuf part, int owed);

      void last();
    }

    /// What lets the caller's bytes in.
    interface Valve {
      void open(boolean open);
    }
  }
}
