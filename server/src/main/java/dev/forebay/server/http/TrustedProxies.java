package dev.forebay.server.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whom the gateway believes when they say for whom they call. Immutable; safe for all threads.
///
/// A chain of proxies is read from its near end: each trusted proxy vouches for the address in
/// front of it, and the first one that is not trusted is the caller. What stands farther out is
/// hearsay.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc7239">RFC 7239, Forwarded</a>
public final class TrustedProxies {
  private final List<IpSubnetFilterRule> networks;

  /// @param networks addresses (`10.0.0.7`) and networks (`10.0.0.0/8`, `fd00::/8`)
  /// @throws IllegalArgumentException naming what is neither
  public TrustedProxies(List<String> networks) {
    this.networks = networks.stream().map(TrustedProxies::network).toList();
  }

  private static IpSubnetFilterRule network(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    try {
      if (bytes != null) {
        int bits = bytes.length * 8;
        int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
        if (prefix >= 0 && prefix <= bits) {
          return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
        }
      }
    } catch (NumberFormatException e) {
      // Told below, with the rest of what is no network.
    }
    throw new IllegalArgumentException(
        "trustedProxies must be addresses or networks like 10.0.0.0/8, was " + text);
  }

  boolean trusts(InetAddress address) {
    for (IpSubnetFilterRule network : networks) {
      if (network.matches(new InetSocketAddress(address, 0))) {
        return true;
      }
    }
    return false;
  }

  /// Who calls.
  ///
  /// @param peer the other end of the connection
  InetAddress caller(InetAddress peer, HttpHeaders headers) {
    if (networks.isEmpty() || !trusts(peer)) {
      return peer;
    }
    InetAddress caller = peer;
    List<String> chain = chain(headers);
    for (int i = chain.size() - 1; i >= 0 && trusts(caller); i--) {
      InetAddress before = address(chain.get(i));
      if (before == null) {
        // A proxy that hides whom it serves, or garbage: nobody vouches for what stands before it.
        return caller;
      }
      caller = before;
    }
    return caller;
  }

  /// The addresses that proxies wrote down, the nearest last: of `Forwarded` if there is one, else
  /// of `X-Forwarded-For`.
  private static List<String> chain(HttpHeaders headers) {
    List<String> chain = new ArrayList<>();
    for (String line : headers.getAll("forwarded")) {
      for (String hop : line.split(",", -1)) {
        chain.add(forwardedFor(hop));
      }
    }
    if (chain.isEmpty()) {
      for (String line : headers.getAll("x-forwarded-for")) {
        for (String hop : line.split(",", -1)) {
          chain.add(hop.strip());
        }
      }
    }
    return chain;
  }

  private static String forwardedFor(String hop) {
    for (String pair : hop.split(";", -1)) {
      String text = pair.strip();
      if (text.regionMatches(true, 0, "for=", 0, 4)) {
        String value = text.substring(4).strip();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
      }
    }
    return "";
  }

  /// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
  private static @Nullable InetAddress address(String text) {
    String host = text;
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      host = end < 0 ? "" : text.substring(1, end);
    } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      host = text.substring(0, text.indexOf(':'));
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
