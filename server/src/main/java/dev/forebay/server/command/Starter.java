package dev.forebay.server.command;

import dev.forebay.server.config.ConfigFile;
import dev.forebay.server.config.GatewayConfig;
import org.jspecify.annotations.Nullable;

/// Starts the gateway; closing what it returns drains and stops it.
@FunctionalInterface
public interface Starter {
  /// Starts it.
  ///
  /// @param file what the configuration was read from, to be followed; null if from no file
  AutoCloseable start(GatewayConfig config, @Nullable ConfigFile file) throws Exception;
}
