package dev.forebay.server.command;

import dev.forebay.server.config.GatewayConfig;

/// Starts the gateway; closing what it returns drains and stops it.
@FunctionalInterface
public interface Starter {
  AutoCloseable start(GatewayConfig config) throws Exception;
}
