package dev.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  @Test
  void callsOfEachKindAreAnsweredByItsOwnGateway() throws InterruptedException {
    int calls = 3 * WarmUpCaller.kinds().size();
    assertThat(WarmUp.within(Duration.ofMinutes(1), calls)).isEqualTo(calls);
  }

  @Test
  void noTimeIsNoWarmUp() throws InterruptedException {
    assertThat(WarmUp.within(Duration.ZERO)).isZero();
  }

  @Test
  void itsReplicaAnswersPlainCallsAndStreams() throws IOException {
    try (var replica = new WarmUpReplica();
        var caller = new WarmUpCaller(replica.port())) {
      for (byte[] kind : WarmUpCaller.kinds()) {
        caller.call(kind);
        caller.call(kind);
      }
    }
  }
}
