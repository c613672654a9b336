package dev.forebay.lab.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.TreeMap;

/// Where the calls go and what they all carry.
///
/// @param address resolved once, so that no name is looked up while measuring
/// @param host value of the `Host` header
/// @param path path and query of each call
/// @param headers sent with each call besides the generator's own
public record LoadTarget(
    InetSocketAddress address,
    String host,
    String path,
    String model,
    Map<String, String> headers) {

  /// The path where a URL names none.
  public static final String CHAT = "/v1/chat/completions";

  public LoadTarget {
    headers = Map.copyOf(headers);
    line("host", host);
    line("path", path);
    if (model.isBlank()) {
      throw new IllegalArgumentException("model must not be blank");
    }
    headers.forEach((name, value) -> {
      line("name of header", name);
      if (value.chars().anyMatch(c -> c < ' ')) {
        throw new IllegalArgumentException("header " + name + " must be one line");
      }
    });
  }

  /// A target on this machine. Load sent elsewhere by a slip of the hand is an attack.
  public static LoadTarget local(String url, String model) {
    return of(url, model, false);
  }

  /// The target of an `http://` URL; one without a path gets [#CHAT].
  ///
  /// @throws IllegalArgumentException if the host is not this machine and `allowRemote` is false
  public static LoadTarget of(String url, String model, boolean allowRemote) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("url is not a URL: " + url, e);
    }
    if (!"http".equals(uri.getScheme())) {
      throw new IllegalArgumentException("url must begin with http://, was " + url);
    }
    var host = uri.getHost();
    if (host == null) {
      throw new IllegalArgumentException("url must name a host, was " + url);
    }
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("url names an unknown host: " + host, e);
    }
    if (!address.isLoopbackAddress() && !allowRemote) {
      throw new IllegalArgumentException(
          "url must be on this machine unless --allow-remote is given, was " + url);
    }
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    var path = uri.getRawPath() == null ? "" : uri.getRawPath();
    var query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return new LoadTarget(
        new InetSocketAddress(address, port),
        uri.getRawAuthority(),
        (path.isEmpty() || path.equals("/") ? CHAT : path) + query,
        model,
        Map.of());
  }

  /// This target with one more header on each call.
  public LoadTarget with(String header, String value) {
    var more = new TreeMap<>(headers);
    more.put(header, value);
    return new LoadTarget(address, host, path, model, more);
  }

  private static void line(String name, String value) {
    if (value.isEmpty() || value.chars().anyMatch(c -> c <= ' ')) {
      throw new IllegalArgumentException(name + " must not be empty or hold blanks: " + value);
    }
  }
}
