package dev.forebay.lab.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.load.Arrival;
import dev.forebay.lab.load.BlockingConnection;
import dev.forebay.lab.load.Ending;
import dev.forebay.lab.simulator.EngineSpec;
import dev.forebay.lab.simulator.Intent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EngineProcessTest {
  @Test
  void aFakeOneMakesWhatItIsToldToAndCountsIt() throws Exception {
    var intent = new Intent(0, 0, "tenant-0", 1, 30, 100, 3, 0, List.of());
    byte[] request = new Requests(EngineProcess.MODEL, Map.of(), false).of(intent, Duration.ZERO);
    long now = System.nanoTime();
    long until = now + Duration.ofSeconds(20).toNanos();
    try (var engine = EngineProcess.fake(EngineSpec.TIGHT);
        var connection =
            BlockingConnection.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), engine.port()))) {
      var heard = connection.call(Arrival.of(0, 30, 3, true, 0), request, now, until, until);

      assertThat(heard.outcome().ending()).isEqualTo(Ending.OK);
      assertThat(heard.outcome().deltas()).isEqualTo(3);
      assertThat(engine.readings().accepted()).isEqualTo(1);
      assertThat(engine.readings().promptTokens()).isEqualTo(30);
    }
  }
}
