package dev.forebay.server.upstream;

import java.net.URI;

/// One backend of a pool.
///
/// @param name unique in the whole fleet; `host:port` of its URL if empty
/// @param url where its API stands: scheme, host, port and the path before `/v1`
public record ReplicaConfig(String name, URI url) {
  public ReplicaConfig {
    ServerUrl.check("url", url);
    if (name.isEmpty()) {
      name = url.getHost() + ":" + ServerUrl.port(url);
    }
    if (name.length() > 200 || name.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "name must be printable ASCII without spaces, as it goes into a header, was " + name);
    }
  }
}
