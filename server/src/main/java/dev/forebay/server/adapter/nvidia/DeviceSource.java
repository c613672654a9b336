package dev.forebay.server.adapter.nvidia;

import java.io.IOException;

/// Who tells which devices this machine has, and how they are.
interface DeviceSource {
  /// Asks. Blocks, for some seconds at most.
  ///
  /// @throws IOException if it could not be asked
  /// @throws IllegalArgumentException if it answered rubbish
  Inventory look() throws IOException, InterruptedException;

  /// As configured.
  static DeviceSource of(DevicesConfig config) {
    return config.exporter().isEmpty() ? new NvidiaSmi() : new DcgmExporter(config.exporter());
  }
}
