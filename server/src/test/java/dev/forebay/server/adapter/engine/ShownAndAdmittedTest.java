package dev.forebay.server.adapter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.gpu.PowerOfTwoChoices;
import dev.forebay.gpu.Rooms;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import dev.forebay.server.config.ConfigLoader;
import java.net.URI;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// From what an engine shows, in its own words, to whether calls are sent to it.
class ShownAndAdmittedTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int BATCH = 3;
  private static final KnownEngines ENGINES = KnownEngines.load();

  private final Replica replica = new Replica("gpu-0", URI.create("http://gpu-0"), null);
  private final Pool pool = new Pool("chat", Dialect.OPENAI, false, List.of(replica));
  private final Rooms rooms = new Rooms();
  private final PowerOfTwoChoices capacity =
      new PowerOfTwoChoices(
          new ConfigLoader().defaults().gpu(), rooms, RandomGenerator.getDefault());

  /// It took that share of its GPU's memory at its start, and shows nothing else of it.
  @Test
  void anIdleVllmThatTook92PercentOfItsGpuIsAdmittedTo() {
    shows(0, 0, 0);

    assertThat(asks(BATCH, 0)).isTrue();
    assertThat(asks(BATCH, 0)).isTrue();
  }

  @Test
  void whateverFlapsTheEngineIsShutAndOpenedAtMostOnceASecond() {
    shows(0, 0, 0);
    assertThat(asks(BATCH, 0)).isTrue();
    boolean open = true;
    int moves = 0;
    long movedAt = -SECOND;
    for (int i = 0; i < 400; i++) {
      long now = i * SECOND / 4;
      shows(now, i % 2 == 0 ? 0.94 : 0.96, i % 7 == 0 ? 50 : 0);
      boolean admitted = asks(1, now);
      if (admitted != open) {
        assertThat(now - movedAt).isGreaterThanOrEqualTo(SECOND);
        open = admitted;
        movedAt = now;
        moves++;
      }
    }
    assertThat(moves).isPositive();
  }

  private void shows(long now, double usage, int waiting) {
    String page =
        """
        vllm:num_requests_running{model_name="m"} 1
        vllm:num_requests_waiting{model_name="m"} %d
        vllm:kv_cache_usage_perc{model_name="m"} %s
        vllm:cache_config_info{block_size="16",gpu_memory_utilization="0.92",num_gpu_blocks="6250"} 1
        """
            .formatted(waiting, usage);
    rooms.observed(replica, ENGINES.read(page.getBytes(UTF_8), now, now).orElseThrow().telemetry());
  }

  /// A small one; the first stays, so that the engine is never empty.
  private boolean asks(int priority, long now) {
    var request =
        new Request(
            Operation.CHAT,
            "m",
            true,
            false,
            100,
            1,
            Request.Prompt.NONE,
            null,
            null,
            Double.NaN,
            false,
            true);
    var caller = new Caller("acme", "key", priority, Network.UNKNOWN);
    var call = new Call("call", new NoLoop(), request, caller, now);
    var answer =
        capacity.tryReserve(new Ask(call, new Need(100, 100, 1), pool, now + 10 * SECOND, now));
    if (answer instanceof Reserved(var reservation)) {
      if (replica.outstandingCalls() > 1) {
        reservation.close();
      }
      return true;
    }
    return false;
  }

  private record NoLoop() implements Loop {
    @Override
    public void execute(Runnable task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Timer at(long nanoTime, Runnable task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long nanoTime() {
      return 0;
    }
  }
}
