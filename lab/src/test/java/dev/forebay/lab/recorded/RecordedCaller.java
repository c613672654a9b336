package dev.forebay.lab.recorded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.forebay.lab.recorded.HttpMessage.Header;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;

/// Sends recorded requests on one connection, with the headers that OpenAI's Python client sends.
final class RecordedCaller implements AutoCloseable {
  /// What is for whoever computes the answer; to be passed on as it is.
  static final List<Header> END_TO_END =
      List.of(
          new Header("Accept", "application/json"),
          new Header("Content-Type", "application/json"),
          new Header("User-Agent", "OpenAI/Python 1.68.2"),
          new Header("OpenAI-Organization", "org-Recorded"),
          new Header("OpenAI-Project", "proj_Recorded"),
          new Header("X-Stainless-Lang", "python"),
          new Header("x-stainless-retry-count", "0"),
          new Header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

  private final Socket socket;
  private final InputStream in;

  RecordedCaller(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /// Sends the request of an exchange and waits for the whole answer.
  HttpMessage ask(RecordedExchange exchange, String requestId) throws IOException {
    StringBuilder head = new StringBuilder("POST " + exchange.path() + " HTTP/1.1\r\n");
    head.append("Host: localhost\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\n");
    END_TO_END.forEach(
        header -> head.append(header.name()).append(": ").append(header.value()).append("\r\n"));
    head.append("Accept-Encoding: gzip, deflate\r\nAuthorization: Bearer sk-of-the-caller\r\n")
        .append("X-Request-Id: ")
        .append(requestId)
        .append("\r\nContent-Length: ")
        .append(exchange.request().length())
        .append("\r\n\r\n");
    socket.getOutputStream().write((head + exchange.request()).getBytes(ISO_8859_1));
    return HttpMessage.read(in)
        .orElseThrow(() -> new IOException("closed without an answer to " + requestId));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
