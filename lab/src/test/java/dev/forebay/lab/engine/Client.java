package dev.forebay.lab.engine;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A client that shows the bytes as they are: one socket, one request after another.
final class Client implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;

  Client(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  Client post(String path, String json) throws IOException {
    return post(path, json, "");
  }

  /// @param headers whole lines, each with its line end
  Client post(String path, String json, String headers) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    var head =
        "POST %s HTTP/1.1\r\nhost: engine\r\ncontent-length: %d\r\n%s\r\n"
            .formatted(path, body.length, headers);
    OutputStream out = socket.getOutputStream();
    out.write(head.getBytes(StandardCharsets.UTF_8));
    out.write(body);
    out.flush();
    return this;
  }

  Client get(String path) throws IOException {
    var head = "GET %s HTTP/1.1\r\nhost: engine\r\n\r\n".formatted(path);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /// Reads up to and with `end`, or to the end of the stream.
  String until(String end) throws IOException {
    var read = new ByteArrayOutputStream();
    byte[] wanted = end.getBytes(StandardCharsets.UTF_8);
    int matched = 0;
    int next;
    while (matched < wanted.length && (next = in.read()) >= 0) {
      read.write(next);
      matched = next == wanted[matched] ? matched + 1 : next == wanted[0] ? 1 : 0;
    }
    return read.toString(StandardCharsets.UTF_8);
  }

  String untilClosed() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
