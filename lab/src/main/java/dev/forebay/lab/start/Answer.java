package dev.forebay.lab.start;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// What a port of this machine answered to one request on a connection of its own.
///
/// @param status 0 if nothing listens there, or it hung up
record Answer(int status, String text) {
  private static final int PATIENCE_MILLIS = 10_000;
  private static final Answer NONE = new Answer(0, "");

  static Answer get(int port, String path) {
    return of(port, "GET", path, "");
  }

  static Answer post(int port, String path, String json) {
    return of(port, "POST", path, json);
  }

  private static Answer of(int port, String method, String path, String body) {
    String request =
        """
        %s %s HTTP/1.1\r
        host: localhost\r
        connection: close\r
        content-type: application/json\r
        content-length: %d\r
        \r
        %s\
        """
            .formatted(method, path, body.length(), body);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return text.startsWith("HTTP/1.1 ") && text.length() > 12
          ? new Answer(Integer.parseInt(text.substring(9, 12)), text)
          : NONE;
    } catch (IOException e) {
      return NONE;
    }
  }
}
