package dev.forebay.server;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// Calls the warm-up's gateway on one connection, one call after another. Blocks; belongs to one
/// thread.
final class WarmUpCaller implements AutoCloseable {
  static final String MODEL = "warm-up";

  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;

  WarmUpCaller(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /// A request of each kind that callers send most.
  static List<byte[]> kinds() {
    String said =
        "\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},"
            + "{\"role\":\"user\",\"content\":\"%s\"}]".formatted("warm ".repeat(200));
    return List.of(
        request("{\"model\":\"%s\",\"stream\":true,\"max_tokens\":16,%s}".formatted(MODEL, said)),
        request("{\"model\":\"%s\",\"max_tokens\":16,%s}".formatted(MODEL, said)));
  }

  private static byte[] request(String body) {
    String text =
        """
        POST /v1/chat/completions HTTP/1.1\r
        host: localhost\r
        user-agent: forebay-warm-up\r
        accept: */*\r
        authorization: Bearer none\r
        content-type: application/json\r
        content-length: %d\r
        \r
        %s\
        """
            .formatted(body.length(), body);
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Sends a request and reads all of its answer.
  ///
  /// @throws IOException if the answer is not whole or not 200
  void call(byte[] request) throws IOException {
    socket.getOutputStream().write(request);
    String status = line();
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException("answered " + status);
    }
    int length = -1;
    for (String line = line(); !line.isEmpty(); line = line()) {
      String field = line.toLowerCase(Locale.ROOT);
      if (field.startsWith("content-length:")) {
        length = Integer.parseInt(field.substring(field.indexOf(':') + 1).strip());
      }
    }
    if (length >= 0) {
      in.skipNBytes(length);
    } else {
      for (int chunk = chunk(); chunk > 0; chunk = chunk()) {
        in.skipNBytes(chunk + 2);
      }
      line();
    }
  }

  private int chunk() throws IOException {
    return Integer.parseInt(line().strip(), 16);
  }

  private String line() throws IOException {
    return WarmUpReplica.line(in);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
