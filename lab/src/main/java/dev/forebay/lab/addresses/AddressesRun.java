package dev.forebay.lab.addresses;

import dev.forebay.lab.bench.Ports;
import dev.forebay.lab.bench.scenario.Memory;
import dev.forebay.lab.chaos.GatewayProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Lets very many addresses call a gateway that limits each of them by itself, and asks what it
/// holds.
///
/// The pool is dead, so that a call which its limit lets pass costs nothing else.
final class AddressesRun {
  /// Buffers and what the JVM took outside its heap are told by it.
  private static final List<String> FLAGS =
      List.of("-XX:NativeMemoryTracking=summary", "-XX:+UseSerialGC");

  private final int addresses;
  private final int seconds;

  AddressesRun(int addresses, int seconds) {
    this.addresses = addresses;
    this.seconds = seconds;
  }

  /// What came of it.
  ///
  /// @param before bytes held before the first call: live heap and buffers
  /// @param after the same after the last
  /// @param passed calls that their address's limit let pass, each the first of its address
  /// @param known of a second call for each of the first addresses, those that were refused
  record Result(long before, long after, long took, long passed, long known, long asked) {
    private static final long BAR = 256L << 20;

    boolean passedBar() {
      return after <= BAR && known * 100 >= asked * 99;
    }
  }

  Result run() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("forebay-addresses");
    String yaml =
        """
        http: {listen: "127.0.0.1:0", trustedProxies: [127.0.0.1], keepAlive: 10m}
        admin: {listen: "127.0.0.1:0"}
        log: {access: false, performance: false}
        limits: {address: {requests: [{rate: 1/h}]}}
        pools: {lab: {models: [lab], replicas: ["http://127.0.0.1:%d"]}}
        """
            .formatted(Ports.free());
    try (var gateway = GatewayProcess.start(folder, FLAGS, yaml)) {
      var flood = new Flood(gateway.port());
      long before = Memory.held(List.of(gateway.pid()), gateway.pid());
      long began = System.nanoTime();
      Flood.Answers first = flood.run(addresses, seconds);
      long took = System.nanoTime() - began;
      long after = Memory.held(List.of(gateway.pid()), gateway.pid());
      int again = Math.min(addresses, 10_000);
      Flood.Answers second = flood.run(again, 0);
      return new Result(
          before, after, took, first.all() - first.refused(), second.refused(), second.all());
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }
}
