package dev.forebay.lab.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A connection whose calls block their thread, a virtual one at best: for clients that look at an
/// answer before they call again. One call at a time, by one thread at a time.
public final class BlockingConnection implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
  private static final List<String> TOLD =
      List.of("retry-after-ms", "retry-after", "x-should-retry", "x-forebay-queue-ms");

  private final Socket socket;
  private final InputStream in;
  private final byte[] part = new byte[8 << 10];
  private final ByteBuf bytes = Unpooled.wrappedBuffer(part);
  private final AnswerText answer = new AnswerText();
  private final Reading reading = new Reading();
  private final ResponseReader reader = new ResponseReader(reading);
  private boolean closed;

  private BlockingConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  public static BlockingConnection open(InetSocketAddress address) throws IOException {
    var socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(address, CONNECT_MILLIS);
    return new BlockingConnection(socket);
  }

  /// Whether it can carry another call.
  public boolean usable() {
    return !closed && reader.keepAlive();
  }

  /// Makes a call and reads its answer to the end, or leaves and closes the connection.
  ///
  /// @param call what is asked for, which the request says in its own way
  /// @param begun from when its times count, by the machine's clock: before it was connected for it
  /// @param content when the caller leaves if no content has come
  /// @param end when it leaves in any case
  public Heard call(Arrival call, byte[] request, long begun, long content, long end) {
    var open = new OpenCall("", call, begun, null);
    reading.begin(open);
    try {
      socket.getOutputStream().write(request);
      while (!reading.whole) {
        long left = (open.deltas == 0 ? content : end) - System.nanoTime();
        if (left <= 0) {
          return left(Ending.TIMED_OUT);
        }
        socket.setSoTimeout(Math.clamp(left / 1_000_000, 1, Integer.MAX_VALUE));
        int n = in.read(part);
        reading.now = System.nanoTime();
        if (n < 0) {
          return left(open.ending(reader.closed()));
        }
        reader.read(bytes.setIndex(0, n));
      }
      return reading.heard(open.ending(true));
    } catch (SocketTimeoutException e) {
      return left(Ending.TIMED_OUT);
    } catch (IOException e) {
      return left(open.ending(false));
    }
  }

  private Heard left(Ending ending) {
    close();
    reading.now = System.nanoTime();
    return reading.heard(ending);
  }

  @Override
  public void close() {
    closed = true;
    try {
      socket.close();
    } catch (IOException e) {
      // it is gone in any case
    }
  }

  private final class Reading implements ResponseReader.Sink, SseReader.Sink {
    private final SseReader events = new SseReader(this);
    private final Map<String, String> told = new HashMap<>();
    private OpenCall call = new OpenCall("", Arrival.of(0, 1, 1, true, 0), 0, null);
    private boolean whole;
    private long now;

    void begin(OpenCall next) {
      call = next;
      whole = false;
      told.clear();
      events.clear();
    }

    Heard heard(Ending ending) {
      return new Heard(call.outcome(ending, now), told);
    }

    @Override
    public void status(int code) {
      call.status = code;
    }

    @Override
    public void header(HeaderLine line) {
      if (line.is("content-type")) {
        call.events = line.value().startsWith("text/event-stream");
      } else if (line.is("x-forebay-reason")) {
        call.reason = line.value();
      }
      for (String name : TOLD) {
        if (line.is(name)) {
          told.put(name, line.value());
        }
      }
    }

    @Override
    public void body(ByteBuf bytes, int start, int length) {
      if (call.events) {
        events.read(bytes, start, length);
      }
    }

    @Override
    public void event(byte[] data, int length, boolean named) {
      if (Arrays.equals(data, 0, length, DONE, 0, DONE.length)) {
        call.done = true;
      } else if (!answer.read(data, length)) {
        call.error |= named;
        call.garbled |= !named;
      } else if (named || answer.error()) {
        call.error = true;
      } else if (answer.content()) {
        call.delta(answer, now);
      }
    }

    @Override
    public void end() {
      whole = true;
    }
  }
}
