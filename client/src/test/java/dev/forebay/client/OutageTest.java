package dev.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.retry.policy.Backoff;
import dev.forebay.retry.policy.BreakerConfig;
import dev.forebay.retry.policy.RetryRules;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server that takes every request and answers none, on real sockets and in real time.
@Timeout(120)
class OutageTest {
  private static final int CALLS = 1_000;
  private static final BreakerConfig BREAKER =
      new BreakerConfig(20, 10, 0.5, Duration.ofMinutes(1), Duration.ofMinutes(1), 2);

  @Test
  void aThousandCallsCauseATenthMoreTriesThanCallsAndTheReserve() throws Exception {
    assertThat(tries(BREAKER.neverOpening())).isBetween(CALLS, CALLS + CALLS / 10 + 10);
  }

  @Test
  void theBreakerSparesTheServerMostOfThem() throws Exception {
    // ten failures open it; what is under way by then still arrives
    assertThat(tries(BREAKER)).isBetween(10, 50);
  }

  private static int tries(BreakerConfig breaker) throws IOException, InterruptedException {
    try (var server = new ScriptedServer(_ -> ScriptedServer.HANG_UP)) {
      var quick = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2));
      var client =
          ForebayClient.builder(server.url())
              .retry(new RetryRules(3, quick, Duration.ofSeconds(1)))
              .breaker(breaker)
              .build();
      int atOnce = 16;
      var room = new Semaphore(atOnce);
      for (int i = 0; i < CALLS; i++) {
        room.acquire();
        client
            .sendAsync(Request.post("/chat/completions", "{}"))
            .whenComplete((_, failure) -> {
              assertThat(failure).isInstanceOf(CallException.class);
              room.release();
            });
      }
      room.acquire(atOnce);
      return server.requests();
    }
  }
}
