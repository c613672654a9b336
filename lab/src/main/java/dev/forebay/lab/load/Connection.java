package dev.forebay.lab.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One connection, carrying one call at a time. For the thread of its loop.
final class Connection extends ChannelInboundHandlerAdapter
    implements ResponseReader.Sink, SseReader.Sink {
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  private final LoadLoop loop;
  private final ResponseReader reader = new ResponseReader(this);
  private final SseReader events = new SseReader(this);
  private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
  private @Nullable Channel channel;
  private @Nullable OpenCall call;
  private boolean connected;
  private boolean closed;
  private long now;

  Connection(LoadLoop loop) {
    this.loop = loop;
  }

  void use(Channel channel) {
    this.channel = channel;
  }

  boolean usable() {
    return connected && !closed;
  }

  /// Takes the call; only for a usable connection that carries none.
  void carry(OpenCall next) {
    call = next;
    next.connection = this;
    write(next);
  }

  /// The caller goes away: the connection is closed, as a client's would be.
  void abandon(Ending ending) {
    close();
    end(ending, System.nanoTime());
  }

  void close() {
    closed = true;
    if (channel != null) {
      var _ = channel.close();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    connected = true;
    if (!closed) {
      loop.free(this);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    var bytes = (ByteBuf) message;
    try {
      if (!closed) {
        now = System.nanoTime();
        reader.read(bytes);
      }
    } catch (IOException | IllegalStateException e) {
      if (call != null) {
        call.garbled = true;
      }
      lost();
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    now = System.nanoTime();
    if (!closed && reader.closed()) {
      closed = true;
      return;
    }
    lost();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    now = System.nanoTime();
    lost();
  }

  @Override
  public void status(int code) {
    if (call == null) {
      close(); // an answer nobody asked for
    } else {
      call.status = code;
    }
  }

  @Override
  public void header(HeaderLine line) {
    if (call == null) {
      return;
    }
    if (line.is("content-type")) {
      call.events = line.value().startsWith("text/event-stream");
    } else if (line.is("x-forebay-reason")) {
      call.reason = line.value();
    } else if (line.is("x-forebay-replica")) {
      call.replica = line.value();
    } else if (line.is("x-forebay-attempts")) {
      try {
        call.attempts = (int) Math.min(1_000_000, line.number());
      } catch (IOException e) {
        call.garbled = true;
      }
    }
  }

  @Override
  public void body(ByteBuf bytes, int start, int length) {
    if (call == null) {
      return;
    }
    if (call.events) {
      events.read(bytes, start, length);
    } else if (call.hash != null) {
      var part = new byte[length];
      bytes.getBytes(start, part);
      whole.writeBytes(part);
    }
  }

  @Override
  public void event(byte[] data, int length, boolean named) {
    if (call == null) {
      return;
    }
    if (Arrays.equals(data, 0, length, DONE, 0, DONE.length)) {
      call.done = true;
      return;
    }
    var answer = loop.answer();
    if (!answer.read(data, length)) {
      call.error |= named;
      call.garbled |= !named;
    } else if (named || answer.error()) {
      call.error = true;
    } else if (answer.content()) {
      call.delta(answer, now);
      loop.delta(call);
      if (call.arrival.patience() instanceof Patience.LeavesAfterDeltas(int deltas)
          && call.deltas >= deltas) {
        abandon(Ending.CANCELLED);
      }
    }
  }

  @Override
  public void end() {
    if (call == null) {
      return;
    }
    if (!call.events && call.success()) {
      wholeAnswer(call);
    }
    var answered = call;
    call = null;
    if (reader.keepAlive() && !closed) {
      loop.free(this);
    } else {
      close();
    }
    loop.ended(answered, answered.ending(true), now);
  }

  /// An answer in one piece to a call that asked for a stream is a stream of one delta.
  private void wholeAnswer(OpenCall call) {
    if (call.hash != null) {
      var bytes = whole.toByteArray();
      // one that is not JSON has no text; how a call ends must not depend on who watches
      if (loop.answer().read(bytes, bytes.length)) {
        call.text(loop.answer());
      }
    }
    if (call.arrival.stream()) {
      call.deltas = 1;
      call.firstNanos = now - call.intendedNanos;
      call.lastNanos = call.firstNanos;
    }
  }

  private void write(OpenCall call) {
    var connectedChannel = channel;
    if (connectedChannel == null) {
      throw new IllegalStateException("connected without a channel");
    }
    events.clear();
    whole.reset();
    var bytes = connectedChannel.alloc().buffer(loop.sizeOf(call));
    loop.render(bytes, call);
    var _ = connectedChannel.writeAndFlush(bytes, connectedChannel.voidPromise());
  }

  private void lost() {
    close();
    var open = call;
    if (open != null) {
      end(open.ending(false), now);
    }
  }

  private void end(Ending ending, long at) {
    var open = call;
    call = null;
    if (open != null) {
      loop.ended(open, ending, at);
    }
  }
}
