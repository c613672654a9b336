package dev.forebay.server.adapter.nvidia;

import java.net.URI;

/// Who is asked how the devices of this machine are.
///
/// @param exporter the URL of a page of NVIDIA's DCGM exporter, which tells the last error (XID) of
///   each device too; `nvidia-smi` is run if empty
public record DevicesConfig(String exporter) {
  public DevicesConfig {
    if (!exporter.isEmpty() && !isPage(exporter)) {
      throw new IllegalArgumentException(
          "exporter must be a URL like http://127.0.0.1:9400/metrics, was " + exporter);
    }
  }

  private static boolean isPage(String text) {
    URI url = URI.create(text);
    return "http".equals(url.getScheme()) && url.getHost() != null && url.getUserInfo() == null;
  }
}
