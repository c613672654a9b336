package dev.forebay.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Need;
import dev.forebay.gpu.PowerOfTwoChoices;
import dev.forebay.gpu.Rooms;
import dev.forebay.gpu.Tripwire;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import dev.forebay.server.adapter.nvidia.DevicesConfig;
import dev.forebay.server.adapter.nvidia.GpuWatch;
import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.GatewayConfig;
import dev.forebay.server.upstream.ReplicaFleet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From what an exporter prints to who is picked.
@Timeout(20)
class DevicesTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final HttpServer exporter = newServer();
  private final Rooms rooms = new Rooms();
  private final ReplicaFleet fleet = new ReplicaFleet((_, _) -> {}, _ -> {});
  private volatile String page = "";
  private long now = -SECOND;
  private GatewayConfig config =
      config("{gpu: GPU-a, name: a, url: 'http://a:1'}, {gpu: '1:0', name: b, url: 'http://b:1'}");
  private final Devices devices = new Devices(() -> config.pools(), fleet, rooms, () -> now);
  private final GpuWatch watch = GpuWatch.of(() -> true, this::asked, devices::found);

  @BeforeEach
  void serve() throws InterruptedException {
    exporter.createContext("/metrics", this::answer);
    exporter.start();
    fleet.apply(fleet.plan(config.pools()));
  }

  @AfterEach
  void stop() {
    exporter.stop(0);
  }

  @Test
  void aReplicaWhoseBoardFellOffTheBusIsPickedNoMoreUntilItIsWell() throws Exception {
    page = page(0, 79);
    look();
    assertThat(picked()).containsExactly("b");
    assertThat(devices.suspects()).isEqualTo(1);

    page = page(0, 0);
    look();
    look();
    assertThat(picked()).containsExactly("b");
    look();
    look();
    assertThat(picked()).containsExactly("a", "b");
    assertThat(devices.suspects()).isZero();
  }

  @Test
  void aProgramsFaultMakesNoDeviceSuspect() throws Exception {
    page = page(0, 31);
    look();
    assertThat(picked()).containsExactly("a", "b");
  }

  @Test
  void asLongAsTheExporterIsSilentAllStaysAsItWas() throws Exception {
    look();
    assertThat(picked()).containsExactly("a", "b");
    page = page(0, 79);
    look();
    page = "";
    for (int i = 0; i < 9; i++) {
      look();
    }
    assertThat(picked()).containsExactly("b");
  }

  @Test
  void aSliceWithLittleMemoryIsLeftToAnEngineThatTookItsOwnAtItsStart() throws Exception {
    page = page(0, 0).replace("39000", "300");
    look();
    assertThat(picked()).containsExactly("a", "b");

    config =
        config(
            "{gpu: GPU-a, name: a, url: 'http://a:1'}, {gpu: '1:0', name: b, url: 'http://b:1'}",
            "kv: {preallocates: false}, ");
    look();
    assertThat(picked()).containsExactly("a");
    assertThat(rooms.wrong(fleet.pools().getFirst().replicas().get(1)))
        .contains(Tripwire.LITTLE_MEMORY);
  }

  /// A whole board, and one of which a slice is cut, as the exporter shows them.
  private static String page(int remap, int xid) {
    return """
    DCGM_FI_DEV_FB_FREE{gpu="0",UUID="GPU-a",modelName="NVIDIA L40S",Hostname="n"} 45459
    DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-a",modelName="NVIDIA L40S",Hostname="n"} 0
    DCGM_FI_DEV_XID_ERRORS{gpu="0",UUID="GPU-a",modelName="NVIDIA L40S",Hostname="n"} %d
    DCGM_FI_DEV_ROW_REMAP_FAILURE{gpu="0",UUID="GPU-a",modelName="NVIDIA L40S"} %d
    DCGM_FI_DEV_FB_USED{gpu="1",UUID="GPU-b",GPU_I_PROFILE="3g.40gb",GPU_I_ID="2"} 1000
    DCGM_FI_DEV_FB_FREE{gpu="1",UUID="GPU-b",GPU_I_PROFILE="3g.40gb",GPU_I_ID="2"} 39000
    DCGM_FI_DEV_FB_FREE{gpu="1",UUID="GPU-b"} ERROR - FAILED TO CONVERT TO STRING
    """
        .formatted(xid, remap);
  }

  private void look() throws InterruptedException {
    now += 5 * SECOND;
    watch.turn(Instant.EPOCH);
  }

  private SortedSet<String> picked() {
    Capacity capacity =
        new PowerOfTwoChoices(
            config.gpu(), rooms, RandomGeneratorFactory.of("L64X128MixRandom").create(1));
    var picked = new TreeSet<String>();
    for (int i = 0; i < 50; i++) {
      switch (capacity.tryReserve(
          new Ask(call(), new Need(100, 100, 1), fleet.pools().getFirst(), now + SECOND, now))) {
        case Reserved(var reservation) -> {
          picked.add(reservation.replica().name());
          reservation.close();
        }
        case RetryAt _ -> picked.add("nobody");
      }
    }
    return picked;
  }

  private Call call() {
    Loop loop =
        new Loop() {
          @Override
          public void execute(Runnable task) {
            task.run();
          }

          @Override
          public Timer at(long nanoTime, Runnable task) {
            return () -> {};
          }

          @Override
          public long nanoTime() {
            return now;
          }
        };
    var prompt = new Request.Prompt(300, 0, 1, 0, 0);
    return new Call(
        "c",
        loop,
        new Request(Operation.CHAT, "m", true, false, 100, 1, prompt, null, null, 0, false, true),
        now);
  }

  private DevicesConfig asked() {
    return new DevicesConfig("http://127.0.0.1:" + exporter.getAddress().getPort() + "/metrics");
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = page.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static GatewayConfig config(String replicas) {
    return config(replicas, "");
  }

  private static GatewayConfig config(String replicas, String more) {
    String yaml = "pools: {chat: {models: [m], %sreplicas: [%s]}}".formatted(more, replicas);
    return new ConfigLoader().parse(yaml, "test", Path.of(""));
  }

  private static HttpServer newServer() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
