package dev.forebay.lab.sockets;

import dev.forebay.lab.chaos.GatewayProcess;
import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Forebay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The gateway in a process of its own, as it is without configuration, but for the pool, the keys
/// of the callers and how long they wait where they do not say it themselves.
///
/// @param model that the pool serves
/// @param tenants who call, each with its name for a key
/// @param patience seconds from arrival to first content of classes 0 and 1
record ForebayWay(String model, List<String> tenants, int patience) implements Way {
  private static final int DEFAULT_PATIENCE = 10;

  ForebayWay {
    tenants = List.copyOf(tenants);
  }

  ForebayWay(String model, List<String> tenants) {
    this(model, tenants, DEFAULT_PATIENCE);
  }

  @Override
  public String name() {
    return "Forebay";
  }

  @Override
  public String setting() {
    return "patience %d s".formatted(patience);
  }

  @Override
  public Optional<Contender> simulated() {
    return Optional.of(new Forebay());
  }

  @Override
  public Front start(Path folder, int engine) throws IOException {
    GatewayProcess gateway = GatewayProcess.start(folder, List.of(), configuration(engine));
    return new Front(gateway.port(), Map.of(), gateway::close);
  }

  /// In front of the engine on that port.
  String configuration(int engine) {
    return """
    http: {listen: "127.0.0.1:0"}
    admin: {listen: "127.0.0.1:0"}
    log: {access: false, performance: false}
    pools: {lab: {models: [%1$s], replicas: ["http://127.0.0.1:%2$d"]}}
    keys: [%3$s]
    queue: {patience: [%4$ds, %4$ds, 60s, 300s]}
    """
        .formatted(model, engine, keys(), patience);
  }

  private String keys() {
    return tenants.stream()
        .map(tenant -> "{id: %1$s, tenant: %1$s, hash: \"%2$s\"}".formatted(tenant, sha256(tenant)))
        .collect(Collectors.joining(", "));
  }

  private static String sha256(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
