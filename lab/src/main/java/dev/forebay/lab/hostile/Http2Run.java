package dev.forebay.lab.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.forebay.lab.hostile.Http2Vectors.Http2Vector;
import dev.forebay.lab.hostile.Http2Vectors.Must;
import dev.forebay.lab.hostile.RawEngine.Seen;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Sends HTTP/2 that means harm, a sound call behind it on the same connection and one on a fresh
/// one, and judges what became of them.
final class Http2Run implements AutoCloseable {
  private static final int BEHIND = 200_001;
  private static final int TIMEOUT_MILLIS = 10_000;

  private final RawEngine engine = new RawEngine(RawEngine::answerPlainly);
  private final Gateway gateway;

  Http2Run() throws IOException, InterruptedException {
    gateway =
        Gateway.start(
            new ConfigLoader()
                .parse(
                    """
                    http: {listen: "127.0.0.1:0", drain: 1s, headTimeout: 1s, bodyTimeout: 1s, keepAlive: 1s}
                    admin: {listen: "127.0.0.1:0"}
                    log: {access: false, performance: false}
                    pools:
                      lab:
                        models: [lab]
                        passThrough: true
                        replicas: ["http://127.0.0.1:%d"]
                    """
                        .formatted(engine.port()),
                    "HTTP/2",
                    Path.of("")));
  }

  /// What the gateway said, frame by frame.
  ///
  /// @param behind whether the sound call was answered
  private record Heard(boolean closed, boolean goAway, boolean behind, List<String> frames) {}

  /// What is wrong with what became of it; empty if nothing.
  String run(Http2Vector vector) throws IOException {
    engine.take();
    Heard heard = send(vector);
    List<Seen> seen = engine.take();
    boolean hostile = vector.must() == Must.SURVIVE;
    for (Seen each : seen) {
      boolean expected = each.target().equals("/behind") || hostile;
      if (each.rubbish() != null || !expected || each.field("evil") != null) {
        return "the engine saw " + each;
      }
    }
    boolean closed = heard.closed() || heard.goAway();
    String wrong =
        switch (vector.must()) {
          case REFUSE_STREAM -> closed || heard.behind() ? "" : "no answer behind";
          case CLOSE -> closed ? "" : "the connection stayed";
          case SURVIVE -> closed || heard.behind() ? "" : "neither closed nor served";
        };
    if (!wrong.isEmpty()) {
      return wrong + ": " + heard;
    }
    String call = Attack.call("hi", false).replace("\r\nHost", "\r\nConnection: close\r\nHost");
    RawReply good = RawReply.to(gateway.port(), call, TIMEOUT_MILLIS);
    return good.answers().size() == 1 && good.answers().getFirst().status() == 200
        ? ""
        : "the next caller suffered: " + good;
  }

  private Heard send(Http2Vector vector) throws IOException {
    byte[] behind = new Http2Writer().headers(BEHIND, true, Http2Vectors.call("/behind")).bytes();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()));
      socket.setSoTimeout(TIMEOUT_MILLIS);
      Thread.ofVirtual()
          .start(() ->
              write(socket, new Http2Writer().preface().bytes(), vector.frames().bytes(), behind));
      return hear(socket.getInputStream());
    }
  }

  private static void write(Socket socket, byte[]... parts) {
    try {
      OutputStream out = socket.getOutputStream();
      for (byte[] part : parts) {
        out.write(part);
      }
      out.flush();
    } catch (IOException e) {
      // cut off, as it should be
    }
  }

  private static Heard hear(InputStream in) {
    List<String> frames = new ArrayList<>();
    boolean goAway = false;
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    try {
      while (true) {
        byte[] head = in.readNBytes(9);
        raw.writeBytes(head);
        if (head.length < 9) {
          return new Heard(true, goAway, false, frames);
        }
        int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
        int stream =
            (head[5] & 0x7f) << 24
                | (head[6] & 0xff) << 16
                | (head[7] & 0xff) << 8
                | (head[8] & 0xff);
        byte[] payload = in.readNBytes(length);
        if (frames.size() < 20) {
          String shown =
              head[3] <= 1 || head[3] == 7
                  ? " " + new String(payload, ISO_8859_1).replaceAll("[^ -~]", ".")
                  : "";
          frames.add(head[3] + "@" + stream + shown);
        }
        goAway |= head[3] == Http2Writer.GOAWAY && payload.length >= 8 && payload[7] != 0;
        if (stream == BEHIND && head[3] == Http2Writer.HEADERS && (payload[0] & 0xff) == 0x88) {
          return new Heard(false, goAway, true, frames);
        }
      }
    } catch (SocketTimeoutException e) {
      return new Heard(false, goAway, false, frames);
    } catch (IOException e) {
      return new Heard(true, goAway, false, frames);
    }
  }

  Gateway.Holding holding() {
    return gateway.holding();
  }

  @Override
  public void close() {
    gateway.close();
    engine.close();
  }
}
