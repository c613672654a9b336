package dev.forebay.lab.engine;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An LLM engine without an LLM: speaks as vLLM does on a loopback socket, and takes as long.
///
/// One event loop owns the scheduler, the connections and every exchange. The public methods may be
/// called from any thread; those that change something wait for the loop, so never call them on it.
public final class FakeEngine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FakeEngine.class);
  private static final int MAX_REQUEST_BYTES = 64 << 20;

  private final EngineConfig config;
  private final EngineObserver observer;
  private final EventLoopGroup group;
  private final EventLoop loop;
  private final ChannelGroup connections;
  private final Scheduler<Slot> scheduler;
  private final PrefixCache prefixes;
  private final EngineMetrics metrics = new EngineMetrics();
  private final StoredAnswers stored = new StoredAnswers();
  private final Routes routes = new Routes(this);
  private final List<Exchange> unflushed = new ArrayList<>();
  private final long startedAt = System.nanoTime();

  private volatile Faults faults = Faults.none();
  private volatile int port;
  private SplittableRandom faultDraws = new SplittableRandom(faults.seed());
  private volatile @Nullable Channel listener;
  private volatile boolean dead;
  private boolean advancing;
  private long wakesAt = Step.IDLE;

  private FakeEngine(EngineConfig config, EngineObserver observer) {
    this.config = config;
    this.observer = observer;
    this.group = Transport.group("engine-" + config.name(), 1);
    this.loop = group.next();
    this.connections = new DefaultChannelGroup(loop);
    this.scheduler = new Scheduler<>(config.scheduler(), config.cost());
    this.prefixes = new PrefixCache(config.prefixCacheTokens());
    this.port = config.port();
  }

  /// Listens when it returns.
  ///
  /// @throws io.netty.channel.ChannelException or `BindException` if the port is taken
  public static FakeEngine start(EngineConfig config) {
    return start(config, EngineObserver.NONE);
  }

  public static FakeEngine start(EngineConfig config, EngineObserver observer) {
    var engine = new FakeEngine(config, observer);
    try {
      engine.revive();
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
    return engine;
  }

  public int port() {
    return port;
  }

  public String name() {
    return config.name();
  }

  public EngineConfig config() {
    return config;
  }

  public Faults faults() {
    return faults;
  }

  /// Shows these faults to requests that come from now on, drawn from the seed's beginning.
  public void faults(Faults newFaults) {
    onLoop(() -> {
      faults = newFaults;
      faultDraws = new SplittableRandom(newFaults.seed());
    });
  }

  public EngineReadings readings() {
    if (loop.inEventLoop()) {
      return readingsNow();
    }
    return loop.submit(this::readingsNow).syncUninterruptibly().getNow();
  }

  /// Refuses connections and breaks those there are, as a process that is killed does.
  public void die() {
    onLoop(this::dieNow);
  }

  /// Listens again on the port it had.
  public synchronized void revive() {
    if (listener != null) {
      return;
    }
    dead = false;
    var bound = bind().syncUninterruptibly().channel();
    listener = bound;
    port = ((InetSocketAddress) bound.localAddress()).getPort();
  }

  @Override
  public void close() {
    if (group.isShuttingDown()) {
      return;
    }
    die();
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  boolean dead() {
    return dead;
  }

  EngineObserver observer() {
    return observer;
  }

  EngineMetrics metrics() {
    return metrics;
  }

  StoredAnswers stored() {
    return stored;
  }

  Routes routes() {
    return routes;
  }

  String metricsText() {
    return metrics.text(config.models().getFirst(), config.scheduler(), scheduler);
  }

  HttpHeaders headers(String requestId) {
    var headers =
        DefaultHttpHeadersFactory.headersFactory()
            .newHeaders()
            .set("server", "uvicorn")
            .set("x-engine-id", config.name());
    return requestId.isEmpty() ? headers : headers.set("x-request-id", requestId);
  }

  Misfortune drawMisfortune() {
    return Misfortune.draw(faults, faultDraws);
  }

  /// Tokens that may be made after such a prompt: the model and the KV pool both end somewhere.
  int room(int promptTokens) {
    long pool = (long) config.scheduler().kvBlocks() * SchedulerConfig.BLOCK_TOKENS + 1;
    return (int) Math.min(config.maxModelLen(), pool) - promptTokens;
  }

  int cachedTokens(Question question) {
    if (config.prefixCacheTokens() == 0) {
      return 0;
    }
    int hits = Math.min(prefixes.match(question.prompt()), question.promptTokens() - 1);
    metrics.prefixQueries += question.promptTokens();
    metrics.prefixHits += hits;
    return hits;
  }

  /// Runs a task on the loop after some engine time.
  void after(Duration delay, Runnable task) {
    var _ = loop.schedule(task, realNanos(delay.toNanos()), TimeUnit.NANOSECONDS);
  }

  Sequence<Slot> submit(Slot slot, int promptTokens, int cachedTokens, int outputTokens) {
    return scheduler.submit(slot, promptTokens, cachedTokens, outputTokens, now());
  }

  void abort(Sequence<Slot> sequence) {
    scheduler.abort(sequence);
  }

  void flushLater(Exchange exchange) {
    unflushed.add(exchange);
  }

  /// Does what has become due and sets the alarm for what comes next.
  void advance() {
    if (advancing) {
      return; // a request that came in the middle is seen by the loop below
    }
    advancing = true;
    long now = now();
    Step<Slot> step;
    do {
      step = scheduler.step(now);
      for (var sequence : step.produced()) {
        var slot = sequence.owner();
        metrics.token(sequence);
        slot.exchange().token(slot.choice());
      }
      for (var sequence : step.finished()) {
        var slot = sequence.owner();
        metrics.complete(sequence, slot.exchange().finishReason(slot.choice()));
      }
    } while (step.nextAt() <= now);
    unflushed.forEach(Exchange::flush);
    unflushed.clear();
    advancing = false;
    if (step.nextAt() != wakesAt && step.nextAt() != Step.IDLE) {
      wakesAt = step.nextAt();
      var _ = loop.schedule(this::advance, realNanos(wakesAt - now()), TimeUnit.NANOSECONDS);
    }
  }

  /// Dies after the answer under way is sent, and comes back after the pause unless that is zero.
  void dieFor(Duration pause) {
    loop.execute(this::dieNow);
    if (pause.isPositive()) {
      var _ = loop.schedule(this::reviveLater, pause.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private long now() {
    return (long) ((System.nanoTime() - startedAt) * config.timeScale());
  }

  private long realNanos(long engineNanos) {
    return Math.max(0, (long) (engineNanos / config.timeScale()));
  }

  private EngineReadings readingsNow() {
    return new EngineReadings(
        metrics.accepted,
        metrics.finished,
        metrics.aborted,
        metrics.faulted,
        metrics.promptTokens,
        metrics.generatedTokens,
        scheduler.preemptions(),
        scheduler.running(),
        scheduler.waiting(),
        scheduler.kvUsage(),
        connections.size());
  }

  private void dieNow() {
    var listening = listener;
    if (listening == null) {
      return;
    }
    dead = true;
    listener = null;
    var _ = listening.close();
    int broken = connections.size();
    var _ = connections.close();
    LOG.info("engine {} died with {} connections", config.name(), broken);
  }

  private void reviveLater() {
    dead = false;
    bind().addListener((ChannelFuture bound) -> listener = bound.channel());
  }

  private ChannelFuture bind() {
    return new ServerBootstrap()
        .group(group)
        .channel(Transport.serverChannel())
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.SO_BACKLOG, 8_192)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                connections.add(channel);
                var pace = new ReadPace();
                channel.config().setRecvByteBufAllocator(pace);
                channel
                    .pipeline()
                    .addLast(new HttpServerCodec())
                    .addLast(new MisfortuneHandler(FakeEngine.this, pace))
                    .addLast(new HttpObjectAggregator(MAX_REQUEST_BYTES))
                    .addLast(new ConnectionHandler(FakeEngine.this));
              }
            })
        .bind("127.0.0.1", port);
  }

  private void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.submit(task).syncUninterruptibly();
    }
  }
}
