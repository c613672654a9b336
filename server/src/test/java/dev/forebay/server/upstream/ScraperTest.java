package dev.forebay.server.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.forebay.gpu.ScrapeConfig;
import dev.forebay.gpu.Telemetry;
import dev.forebay.server.config.ConfigLoader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ScraperTest {
  private static final long SECOND = 1_000_000_000L;
  private static final String VLLM =
      """
      vllm:num_requests_running 2
      vllm:num_requests_waiting 1
      vllm:cache_config_info{block_size="16",num_gpu_blocks="64"} 1
      """;

  private final BlockingQueue<Telemetry> told = new LinkedBlockingQueue<>();
  private final Map<String, String> pages = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private final AtomicLong now = new AtomicLong(-SECOND);
  private final ReplicaFleet fleet = new ReplicaFleet((_, _) -> {}, _ -> {});
  private final Scraper scraper =
      new Scraper(
          fleet,
          () -> new ScrapeConfig(Duration.ofMillis(250), Duration.ofSeconds(5)),
          (_, telemetry) -> told.add(telemetry),
          now::get,
          RandomGeneratorFactory.of("L64X128MixRandom").create(1));
  private HttpServer engine = newServer();

  private static HttpServer newServer() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void serve() {
    engine.createContext("/", this::answer);
    engine.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    engine.start();
  }

  @AfterEach
  void stop() {
    engine.stop(0);
  }

  @Test
  void tellsWhatAnEngineShows() throws Exception {
    pages.put("/base/metrics", VLLM);
    run("metrics: auto, key: hush", "/base/v1");
    Telemetry shown = turn();
    assertThat(shown.running()).hasValue(2);
    assertThat(shown.waiting()).hasValue(1);
    assertThat(shown.kvCapacityTokens()).hasValue(1024);
    assertThat(shown.kvUsage()).isEmpty();
    assertThat(shown.asked()).isEqualTo(now.get());
    assertThat(keys).containsExactly("Bearer hush");
  }

  @Test
  void asksOnlyWhereItFoundSomething() throws Exception {
    pages.put("/prometheus/metrics", "trtllm_num_requests_running 3\n");
    run("metrics: auto", "");
    assertThat(turn().running()).hasValue(3);
    assertThat(turn().running()).hasValue(3);
    assertThat(asked).containsExactly("/metrics", "/prometheus/metrics", "/prometheus/metrics");
  }

  @Test
  void whoShowsNothingIsAskedRarely() throws Exception {
    run("metrics: auto, kv: {tokens: 77}", "");
    Telemetry size = turn();
    assertThat(size.kvCapacityTokens()).hasValue(77);
    assertThat(size.running()).isEmpty();
    settled();
    now.addAndGet(29 * SECOND);
    scraper.turn(Instant.EPOCH);
    assertThat(asked).containsExactly("/metrics", "/prometheus/metrics", "/slots");
    now.addAndGet(2 * SECOND);
    pages.put("/metrics", VLLM);
    assertThat(turn().running()).hasValue(2);
  }

  @Test
  void llamaCppWithoutMetricsIsReadByItsSlots() throws Exception {
    pages.put("/slots", "[{\"id\":0,\"is_processing\":true},{\"id\":1,\"is_processing\":false}]");
    pages.put("/props", "{\"total_slots\":2,\"default_generation_settings\":{\"n_ctx\":512}}");
    run("metrics: auto", "");
    Telemetry shown = turn();
    assertThat(shown.running()).hasValue(1);
    assertThat(shown.maxNumSeqs()).hasValue(2);
    assertThat(shown.kvCapacityTokens()).hasValue(1024);
  }

  @Test
  void anEngineThatHasNotAnsweredIsNotAskedAgain() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    engine.removeContext("/");
    engine.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().getPath());
          try {
            late.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          send(exchange, 200, VLLM);
        });
    run("metrics: /metrics", "");
    for (int i = 0; i < 20; i++) {
      scraper.turn(Instant.EPOCH);
    }
    await().until(() -> asked.size() == 1);
    scraper.turn(Instant.EPOCH);
    late.countDown();
    assertThat(next().running()).hasValue(2);
    assertThat(asked).hasSize(1);
  }

  @Test
  void whoIsTooSlowCountsAsFailedAndIsAskedAgain() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Scraper hasty =
        new Scraper(
            fleet,
            () -> new ScrapeConfig(Duration.ofMillis(250), Duration.ofMillis(60)),
            (_, telemetry) -> told.add(telemetry),
            now::get,
            RandomGeneratorFactory.of("L64X128MixRandom").create(1));
    engine.removeContext("/");
    engine.createContext(
        "/",
        exchange -> {
          // the head comes in time, the page does not
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("vllm:".getBytes(UTF_8));
          exchange.getResponseBody().flush();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    run("metrics: /metrics", "");
    hasty.turn(Instant.EPOCH);
    await().until(() -> hasty.failures() == 1);
    now.addAndGet(3 * SECOND);
    await()
        .until(() -> {
          hasty.turn(Instant.EPOCH);
          return hasty.failures() == 2;
        });
    assertThat(told).isEmpty();
    never.countDown();
  }

  @Test
  void whereItIsOffNobodyIsAskedAndTheSizeIsTold() throws Exception {
    pages.put("/metrics", VLLM);
    run("metrics: off, models: [qwen3-8b], kv: {gpu: h100}", "");
    Telemetry size = turn();
    assertThat(size.kvCapacityTokens().orElseThrow()).isBetween(400_000L, 450_000L);
    assertThat(asked).isEmpty();
  }

  @Test
  void whatTheOperatorWroteCountsBeforeWhatTheEngineSays() throws Exception {
    pages.put("/metrics", VLLM);
    run("kv: {tokens: 500}, maxNumSeqs: 64", "");
    Telemetry shown = turn();
    assertThat(shown.kvCapacityTokens()).hasValue(500);
    assertThat(shown.maxNumSeqs()).hasValue(64);
  }

  @Test
  void whoIsDownIsLeftToItsProbe() {
    pages.put("/metrics", VLLM);
    run("metrics: auto", "");
    fleet
        .pools()
        .getFirst()
        .replicas()
        .getFirst()
        .health()
        .markDown(System.nanoTime(), 1_000_000_000L);
    scraper.turn(Instant.EPOCH);
    assertThat(asked).isEmpty();
  }

  @Test
  void pausesDifferByAFifthAtMost() {
    for (int i = 0; i < 100; i++) {
      assertThat(scraper.every()).isBetween(Duration.ofMillis(200), Duration.ofMillis(300));
    }
    assertThat(scraper.every()).isNotEqualTo(scraper.every());
  }

  /// Turns until what an engine shows is told; a turn does nothing while the last is under way.
  private Telemetry turn() throws InterruptedException {
    settled();
    scraper.turn(Instant.EPOCH);
    return next();
  }

  private Telemetry next() throws InterruptedException {
    return requireNonNull(told.poll(10, TimeUnit.SECONDS), "nothing was told");
  }

  private void settled() {
    await().until(() -> scraper.asking() == 0);
  }

  private void run(String pool, String path) {
    String models = pool.contains("models:") ? "" : "models: [m], ";
    String yaml =
        "pools: {chat: {%s%s, replicas: ['http://127.0.0.1:%d%s']}}"
            .formatted(models, pool, engine.getAddress().getPort(), path);
    fleet.apply(fleet.plan(new ConfigLoader().parse(yaml, "test", Path.of("")).pools()));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    asked.add(path);
    keys.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
    String page = pages.get(path);
    send(exchange, page == null ? 404 : 200, page == null ? "{}" : page);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
