package dev.forebay.lab.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/// Ways to use a gateway up; each connection of one runs on a virtual thread of its own until the
/// time is over or the gateway closes it.
enum Attack {
  SLOW_HEADS("heads, a byte every 100 ms", 1) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      drip(socket, siege, "GET /x HTTP/1.1\r\nHost: localhost\r\nA: " + "b".repeat(100_000));
    }
  },
  SLOW_BODIES("bodies, a byte every 100 ms", 1) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      send(socket, head(1_000_000));
      drip(socket, siege, " ".repeat(1_000_000));
    }
  },
  UNFINISHED_BODIES("bodies of 1 MB but their last byte", 0.2) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      send(socket, head(1_000_000) + " ".repeat(999_999));
      untilClosed(socket, siege);
    }
  },
  SINGLE_BYTE_CHUNKS("bodies of 1.5 MB in chunks of one byte", 0.02) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      send(
          socket,
          String.join(
              "\r\n",
              "POST /v1/chat/completions HTTP/1.1",
              "Host: localhost",
              "Content-Type: application/json",
              "Transfer-Encoding: chunked",
              "",
              ""));
      for (int i = 0; i < 1_500 && !siege.over(); i++) {
        send(socket, "1\r\n \r\n".repeat(1_000));
      }
      untilClosed(socket, siege);
    }
  },
  LARGE_BODIES("bodies of 100 MB, passing to a slow engine", 0.004) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      int length = siege.largeBody();
      String begin = "{\"model\":\"lab\",\"messages\":[{\"role\":\"user\",\"content\":\"";
      send(socket, head(length) + begin);
      byte[] part = "x".repeat(64 * 1024).getBytes(ISO_8859_1);
      OutputStream out = socket.getOutputStream();
      int rest = length - begin.length() - 4;
      while (rest > 0 && !siege.over()) {
        out.write(part, 0, Math.min(rest, part.length));
        rest -= Math.min(rest, part.length);
      }
      send(socket, "\"}]}");
      untilClosed(socket, siege);
    }
  },
  HUGE_HEADERS("headers of 1 MB", 0.5) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      send(socket, "GET /x HTTP/1.1\r\nHost: localhost\r\nA: " + "b".repeat(1_000_000));
      untilClosed(socket, siege);
    }
  },
  NEVER_READING("streams of 32 MB that nobody reads", 0.1) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      send(socket, call("flood", true));
      siege.await();
    }
  },
  IDLE("connections without a word", 2) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      untilClosed(socket, siege);
    }
  },
  PIPELINES("a thousand calls at once, no answer read", 0.05) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      send(socket, call("hi", false).repeat(1_000));
      siege.await();
    }
  },
  HALF_CLOSED("calls whose callers close their side at once", 1) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      send(socket, call("hi", false));
      socket.shutdownOutput();
      untilClosed(socket, siege);
    }
  },
  RESETS("calls whose callers reset at once, over and over", 0.1) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      send(socket, call("flood", true));
      socket.setSoLinger(true, 0);
    }
  },
  SINGLE_BYTES("calls in writes of one byte", 0.1) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      for (byte b : call("hi", false).getBytes(ISO_8859_1)) {
        out.write(b);
      }
      untilClosedOrAnswered(socket);
    }
  },
  BROKEN("requests that are none, over and over", 0.1) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      send(socket, "POST /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
      untilClosed(socket, siege);
    }
  },
  RAPID_RESETS("HTTP/2 streams that are reset at once", 0.05) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      OutputStream out = socket.getOutputStream();
      out.write(new Http2Writer().preface().bytes());
      for (int stream = 1; !siege.over(); stream += 2) {
        out.write(flood(new Http2Writer(), stream).reset(stream, CANCEL).bytes());
      }
    }
  },
  CONTINUATIONS("HTTP/2 headers that never end", 0.05) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      OutputStream out = socket.getOutputStream();
      byte[] more = new Http2Writer().frame(Http2Writer.CONTINUATION, 0, 1, PIECE).bytes();
      out.write(new Http2Writer().preface().frame(Http2Writer.HEADERS, 0, 1, PIECE).bytes());
      while (!siege.over()) {
        out.write(more);
      }
    }
  },
  SHUT_WINDOWS("HTTP/2 streams of 32 MB behind a shut window", 0.02) {
    @Override
    void press(Socket socket, Siege siege) throws Exception {
      Http2Writer frames = new Http2Writer().preface().setting(INITIAL_WINDOW_SIZE, 0);
      for (int i = 0; i < 100; i++) {
        flood(frames, 2 * i + 1);
      }
      socket.getOutputStream().write(frames.bytes());
      siege.await();
    }
  };

  private static final int CANCEL = 8;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final byte[] PIECE = new byte[16_000];

  private final String what;
  private final double share;

  Attack(String what, double share) {
    this.what = what;
    this.share = share;
  }

  String what() {
    return what;
  }

  /// How many connections take part, of that many for an attack that is cheap.
  int connections(int most) {
    return Math.max(2, (int) (share * most));
  }

  /// What one connection does; those that return early are followed by another one.
  abstract void press(Socket socket, Siege siege) throws Exception;

  /// Presses until the time is over.
  void run(Siege siege) {
    while (!siege.over()) {
      try (Socket socket = new Socket()) {
        if (this == NEVER_READING || this == PIPELINES) {
          socket.setReceiveBufferSize(4096);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), siege.port()));
        socket.setSoTimeout(100);
        press(socket, siege);
      } catch (IOException e) {
        // cut off, as it should be
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      siege.pressed();
    }
  }

  /// A call to the engine of a siege.
  static String call(String content, boolean stream) {
    String body = body(content, stream);
    return head(body.length()) + body;
  }

  private static Http2Writer flood(Http2Writer frames, int stream) {
    return frames
        .headers(
            stream,
            false,
            ":method",
            "POST",
            ":scheme",
            "http",
            ":path",
            "/v1/chat/completions",
            ":authority",
            "localhost",
            "content-type",
            "application/json")
        .data(stream, true, body("flood", true));
  }

  private static String body(String content, boolean stream) {
    return "{\"model\":\"lab\",\"stream\":"
        + stream
        + ",\"messages\":[{\"role\":\"user\",\"content\":\""
        + content
        + "\"}]}";
  }

  private static String head(int length) {
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
        + "Content-Type: application/json\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  private static void send(Socket socket, String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private static void drip(Socket socket, Siege siege, String bytes) throws Exception {
    OutputStream out = socket.getOutputStream();
    for (int i = 0; i < bytes.length() && !siege.over(); i++) {
      out.write(bytes.charAt(i));
      Thread.sleep(100);
    }
  }

  private static void untilClosedOrAnswered(Socket socket) throws IOException {
    socket.setSoTimeout(5_000);
    if (socket.getInputStream().read() < 0) {
      throw new IOException("closed without an answer");
    }
  }

  private static void untilClosed(Socket socket, Siege siege) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] part = new byte[8192];
    while (!siege.over()) {
      try {
        if (in.read(part) < 0) {
          return;
        }
      } catch (SocketTimeoutException e) {
        // not closed yet
      }
    }
  }
}
