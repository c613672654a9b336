package dev.forebay.server;

import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.GatewayConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the process warm before it says that it is ready: classes are loaded and what is hot is
/// compiled, so that the first caller does not pay for it.
///
/// The calls are real and go over loopback sockets, but through a gateway of its own, which has
/// defaults for a configuration, one made-up replica, and no log: the replicas, the metrics and the
/// access log of the real gateway never hear of them. What its start loads, the real one finds
/// loaded. One call of each kind is made in any case; then it ends at whatever comes first, the
/// time or the number of calls. Blocks.
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  /// Beyond it the compiler has seen enough.
  private static final int MOST_CALLS = 5_000;

  private WarmUp() {}

  /// Warms up; a warm-up that fails is logged and costs nobody anything.
  ///
  /// @param longest time for calls; zero for no warm-up
  /// @return calls that were made
  static int within(Duration longest) throws InterruptedException {
    return within(longest, MOST_CALLS);
  }

  static int within(Duration longest, int most) throws InterruptedException {
    if (longest.isZero()) {
      return 0;
    }
    int calls = 0;
    try (var replica = new WarmUpReplica();
        Gateway gateway = Gateway.start(config(replica.port()));
        var caller = new WarmUpCaller(gateway.port())) {
      List<byte[]> kinds = WarmUpCaller.kinds();
      long until = System.nanoTime() + longest.toNanos();
      while (calls < kinds.size() || (calls < most && System.nanoTime() - until < 0)) {
        caller.call(kinds.get(calls % kinds.size()));
        calls++;
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("the warm-up broke after {} calls: {}", calls, e.toString());
    }
    return calls;
  }

  private static GatewayConfig config(int replica) {
    return new ConfigLoader()
        .parse(
            """
            http: {listen: "127.0.0.1:0", loops: 1, drain: 0s, warmUp: 0s}
            admin: {listen: "127.0.0.1:0"}
            log: {access: false, performance: false}
            pools:
              warm-up:
                models: [%s]
                replicas: ["http://127.0.0.1:%d"]
                probe: {timeout: 10s}
                metrics: off
            """
                .formatted(WarmUpCaller.MODEL, replica),
            "the warm-up",
            Path.of(""));
  }
}
