package dev.forebay.server.upstream;

import java.net.URI;
import java.net.URISyntaxException;

/// Where a server stands: scheme, host, port and maybe a path.
final class ServerUrl {
  private ServerUrl() {}

  static void check(String name, String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      // The text may hold a password, so neither it nor the cause is shown.
      throw new IllegalArgumentException(name + " must be a URL like http://10.0.0.1:8000");
    }
    check(name, url);
  }

  static void check(String name, URI url) {
    if (url.getRawAuthority() != null && url.getRawAuthority().contains("@")) {
      throw new IllegalArgumentException(name + " must not hold a user or a password");
    }
    String scheme = url.getScheme();
    if (!"http".equals(scheme) && !"https".equals(scheme)) {
      throw new IllegalArgumentException(name + " must start with http:// or https://, was " + url);
    }
    if (url.getHost() == null) {
      throw new IllegalArgumentException(name + " must name a host, was " + url);
    }
    if (url.getPort() == 0 || url.getPort() > 65_535) {
      throw new IllegalArgumentException(name + " must have a port of 1..65535, was " + url);
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException(name + " must have no ? and no #");
    }
  }

  static int port(URI url) {
    if (url.getPort() > 0) {
      return url.getPort();
    }
    return "https".equals(url.getScheme()) ? 443 : 80;
  }
}
