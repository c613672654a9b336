package dev.forebay.server.upstream;

import dev.forebay.server.setting.Check;
import java.net.URI;
import java.time.Duration;

/// A name whose every address is a replica, such as a headless service of Kubernetes.
///
/// @param url like a replica's URL; none if empty
/// @param every how often the name is asked again
public record DnsConfig(URI url, Duration every) {
  public DnsConfig {
    if (!url.toString().isEmpty()) {
      ServerUrl.check("url", url);
    }
    Check.positive("every", every);
  }

  public boolean isSet() {
    return !url.toString().isEmpty();
  }
}
