package dev.forebay.server.upstream;

import dev.forebay.server.setting.Check;
import java.time.Duration;

/// How replicas are asked whether they live.
///
/// @param path what is got
/// @param every between two probes of a replica
/// @param timeout of one probe
public record ProbeConfig(String path, Duration every, Duration timeout) {
  public ProbeConfig {
    if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException("path must start with / and hold no spaces, was " + path);
    }
    Check.positive("every", every);
    Check.positive("timeout", timeout);
  }
}
