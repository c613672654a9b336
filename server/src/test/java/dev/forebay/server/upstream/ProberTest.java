package dev.forebay.server.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Replica;
import dev.forebay.server.config.ConfigLoader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ProberTest {
  private final ReplicaFleet fleet = new ReplicaFleet((_, _) -> {}, _ -> {});
  private final Prober prober = new Prober(fleet, System::nanoTime);

  /// Its pool's other replicas are probed together with it, and would not be until it does.
  @Test
  void aReplicaThatBeginsToListItsModelsAndNeverEndsIsDown() throws Exception {
    try (var listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        prober) {
      Thread.ofVirtual().start(() -> beginAnswers(listener));
      String yaml =
          "pools: {chat: {replicas: ['http://127.0.0.1:%d'], probe: {timeout: 500ms}}}"
              .formatted(listener.getLocalPort());
      fleet.apply(fleet.plan(new ConfigLoader().parse(yaml, "test", Path.of("")).pools()));
      ConfiguredPool pool = fleet.routes().configured().getFirst();
      Replica replica = pool.pool().replicas().getFirst();

      prober.probe(pool, replica);

      assertThat(replica.health().down()).isTrue();
    }
  }

  private static void beginAnswers(ServerSocket listener) {
    String begins = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"object\":";
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        connection.getOutputStream().write(begins.getBytes(US_ASCII));
      } catch (IOException e) {
        return; // closed
      }
    }
  }
}
