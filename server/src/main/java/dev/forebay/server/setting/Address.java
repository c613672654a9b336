package dev.forebay.server.setting;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// Where a listener stands.
///
/// @param host a name or an IP address; IPv6 without brackets
/// @param port 0..65535, where 0 lets the system choose
public record Address(String host, int port) {
  public Address {
    if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ' || c == '[' || c == ']')) {
      throw new IllegalArgumentException("host must be a name or an IP address, was " + host);
    }
    Check.between("port", port, 0, 65_535);
  }

  /// Reads `127.0.0.1:8020`, `localhost:8020` or `[::1]:8020`.
  public static Address parse(String text) {
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    if (colon < 1
        || bracketed != (text.charAt(colon - 1) == ']')
        || (!bracketed && text.indexOf(':') != colon)) {
      throw unreadable(text);
    }
    String host = bracketed ? text.substring(1, colon - 1) : text.substring(0, colon);
    String port = text.substring(colon + 1);
    if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw unreadable(text);
    }
    return new Address(host, Integer.parseInt(port));
  }

  private static IllegalArgumentException unreadable(String text) {
    return new IllegalArgumentException(
        "must be host:port like 127.0.0.1:8020 or [::1]:8020, was " + text);
  }

  /// Whether only this machine can reach it. A name other than `localhost` never counts, as what it
  /// resolves to may change.
  public boolean loopback() {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    boolean literal = host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || isDigit(c));
    if (!literal) {
      return false;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /// Resolves the host; may ask DNS and so block.
  ///
  /// @throws UnknownHostException if the name resolves to nothing
  public InetSocketAddress resolve() throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(host), port);
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
