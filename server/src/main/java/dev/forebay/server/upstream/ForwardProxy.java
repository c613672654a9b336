package dev.forebay.server.upstream;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which forward proxy, if any, stands between the gateway and a replica.
final class ForwardProxy {
  private ForwardProxy() {}

  /// @param configured the pool's own proxy; `none` for never; empty for what the environment says
  /// @param environment where HTTPS_PROXY and NO_PROXY are looked up, in either case
  static @Nullable InetSocketAddress towards(
      URI url, String configured, Map<String, String> environment) {
    if (configured.equals("none")) {
      return null;
    }
    if (!configured.isEmpty()) {
      return address(configured);
    }
    String proxy = either(environment, "HTTPS_PROXY");
    if (!url.getScheme().equals("https") || proxy.isEmpty() || spared(url.getHost(), environment)) {
      return null;
    }
    return address(proxy);
  }

  private static boolean spared(String host, Map<String, String> environment) {
    for (String entry : either(environment, "NO_PROXY").split(",", -1)) {
      String spared = entry.strip().toLowerCase(Locale.ROOT);
      String plain = spared.startsWith(".") ? spared.substring(1) : spared;
      String name = host.toLowerCase(Locale.ROOT);
      if (spared.equals("*")
          || (!plain.isEmpty() && (name.equals(plain) || name.endsWith("." + plain)))) {
        return true;
      }
    }
    return false;
  }

  private static String either(Map<String, String> environment, String name) {
    String upper = environment.getOrDefault(name, "");
    return upper.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : upper;
  }

  private static InetSocketAddress address(String proxy) {
    URI url = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
    return new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 8080 : url.getPort());
  }
}
