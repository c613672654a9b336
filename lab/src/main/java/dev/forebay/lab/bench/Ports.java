package dev.forebay.lab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/// Ports for processes that must be told theirs.
public final class Ports {
  private Ports() {}

  /// A port of loopback that nobody has now.
  public static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
