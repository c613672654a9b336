package dev.forebay.server.upstream;

import java.net.URI;
import java.util.regex.Pattern;

/// One backend of a pool.
///
/// @param name unique in the whole fleet; `host:port` of its URL if empty
/// @param url where its API stands: scheme, host, port and the path before `/v1`
/// @param gpu on which device of this machine it runs: a UUID, an index, or a board's index and
///   that of its MIG device; not known if empty
public record ReplicaConfig(String name, URI url, String gpu) {
  private static final Pattern GPU =
      Pattern.compile("|(GPU|MIG)-[0-9A-Za-z/-]{1,100}|[0-9]{1,4}(:[0-9]{1,4})?");

  public ReplicaConfig {
    ServerUrl.check("url", url);
    if (name.isEmpty()) {
      name = url.getHost() + ":" + ServerUrl.port(url);
    }
    if (name.length() > 200 || name.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "name must be printable ASCII without spaces, as it goes into a header, was " + name);
    }
    if (!GPU.matcher(gpu).matches()) {
      throw new IllegalArgumentException(
          "gpu must be GPU-..., MIG-..., an index like 0, or 0:1 for its MIG device 1, was " + gpu);
    }
  }
}
