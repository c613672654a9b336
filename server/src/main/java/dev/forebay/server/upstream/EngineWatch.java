package dev.forebay.server.upstream;

import dev.forebay.fleet.Replica;
import dev.forebay.gpu.Telemetry;
import dev.forebay.pipeline.Dialect;
import dev.forebay.server.adapter.engine.KnownEngines.Page;
import dev.forebay.server.adapter.engine.KvConfig;
import dev.forebay.server.adapter.engine.LlamaSlots;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One engine that is asked again and again what it shows: where it shows it, once that was found,
/// and when it is to be asked next.
///
/// Whoever asks must have begun, so that there is one at a time; the fields are theirs until the
/// end.
final class EngineWatch {
  private static final Logger LOG = LoggerFactory.getLogger(EngineWatch.class);
  private static final int LARGEST_PAGE = 4 << 20;
  private static final String LLAMA = "llamacpp";

  /// An engine that shows nothing will hardly begin to without being started anew.
  private static final long SHOWS_NOTHING_NANOS = TimeUnit.SECONDS.toNanos(30);

  /// One that has never answered may be about to.
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Replica replica;
  private final Scraper.Means means;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile long next;

  private String metrics = "";
  private @Nullable String place;
  private boolean saidSo;
  private Telemetry sizes = Telemetry.unknown(0, 0);
  private @Nullable Known known;

  /// The size of the KV cache as far as it is known without asking.
  private record Known(KvConfig config, List<String> served, OptionalLong tokens) {}

  EngineWatch(Replica replica, Scraper.Means means) {
    this.replica = replica;
    this.means = means;
    this.next = means.clock().getAsLong();
  }

  /// Begins to ask.
  ///
  /// @return false if it is not time, or somebody is still at it
  boolean begin(long now) {
    return now - next >= 0 && asking.compareAndSet(false, true);
  }

  boolean asking() {
    return asking.get();
  }

  /// Asks, and tells what is shown. Blocks.
  void ask(ConfiguredPool pool, Duration timeout) {
    try {
      PoolSettings settings = pool.settings();
      configured(settings.config().metrics());
      boolean shown = asked(pool, settings, timeout);
      if (!shown) {
        nothing(pool);
      }
    } catch (IOException e) {
      means.failures().increment();
      next = means.clock().getAsLong() + (place == null ? SILENT_NANOS : 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      asking.set(false);
    }
  }

  private void configured(String now) {
    if (!now.equals(metrics)) {
      metrics = now;
      place = null;
      saidSo = false;
    }
  }

  private boolean asked(ConfiguredPool pool, PoolSettings settings, Duration timeout)
      throws IOException, InterruptedException {
    List<String> places = place == null ? MetricsPlaces.of(metrics) : List.of(place);
    LongSupplier clock = means.clock();
    for (String each : places) {
      long asked = clock.getAsLong();
      byte[] body = get(settings, each, timeout);
      long answered = clock.getAsLong();
      Optional<Page> page = body == null ? Optional.empty() : read(each, body, asked, answered);
      if (page.isPresent()) {
        found(settings, each, page.get(), timeout);
        tell(pool, page.get().telemetry().withSizesOf(sizes));
        return true;
      }
    }
    return false;
  }

  private Optional<Page> read(String from, byte[] body, long asked, long answered) {
    if (from.endsWith(MetricsPlaces.SLOTS)) {
      return LlamaSlots.slots(body, asked, answered).map(t -> new Page(LLAMA, t, 0));
    }
    Optional<Page> page = means.engines().read(body, asked, answered);
    page.ifPresent(read -> means.brokenLines().add(read.broken()));
    return page;
  }

  private void found(PoolSettings settings, String where, Page page, Duration timeout)
      throws InterruptedException {
    if (where.equals(place)) {
      return;
    }
    place = where;
    LOG.info("replica {} shows itself at {} as {} does", replica.name(), where, page.engine());
    sizes = Telemetry.unknown(0, 0);
    if (page.engine().equals(LLAMA)) {
      try {
        byte[] props = get(settings, "/props", timeout);
        sizes = props == null ? sizes : LlamaSlots.props(props, 0, 0).orElse(sizes);
      } catch (IOException e) {
        LOG.debug("replica {} does not tell its properties", replica.name());
      }
    }
  }

  private void nothing(ConfiguredPool pool) {
    if (place != null) {
      // It may have been started anew as something else: asked everywhere at the next turn.
      place = null;
      return;
    }
    if (!saidSo && !metrics.equals(MetricsPlaces.OFF)) {
      saidSo = true;
      LOG.info("replica {} shows no metrics that are known; asked each 30 s", replica.name());
    }
    long now = means.clock().getAsLong();
    next = now + SHOWS_NOTHING_NANOS;
    Telemetry size = sized(pool, Telemetry.unknown(now, now));
    if (!size.isEmpty()) {
      means.sink().observed(replica, size);
    }
  }

  private void tell(ConfiguredPool pool, Telemetry telemetry) {
    saidSo = false;
    means.sink().observed(replica, sized(pool, telemetry));
  }

  /// What the operator wrote counts before what the engine says, and that before what follows from
  /// its model and GPU.
  private Telemetry sized(ConfiguredPool pool, Telemetry telemetry) {
    KvConfig config = pool.config().kv();
    int maxNumSeqs = pool.config().maxNumSeqs();
    List<String> served = List.copyOf(pool.models());
    Known now = known;
    if (now == null || !now.config().equals(config) || !now.served().equals(served)) {
      now = new Known(config, served, means.models().tokens(config, served));
      known = now;
    }
    boolean written = config.tokens() > 0 || telemetry.kvCapacityTokens().isEmpty();
    return telemetry.withSizes(
        written ? now.tokens() : telemetry.kvCapacityTokens(),
        maxNumSeqs > 0 ? OptionalLong.of(maxNumSeqs) : telemetry.maxNumSeqs());
  }

  /// @return the body; null if the answer is none that counts
  /// @throws IOException if there was no whole answer in time
  private byte @Nullable [] get(PoolSettings settings, String from, Duration timeout)
      throws IOException, InterruptedException {
    PoolConfig config = settings.config();
    HttpRequest.Builder request = HttpRequest.newBuilder(url(from)).timeout(timeout).GET();
    if (config.key().isSet()) {
      boolean anthropic = config.speaks() == Dialect.ANTHROPIC;
      request.header(
          anthropic ? "x-api-key" : "authorization",
          (anthropic ? "" : "Bearer ") + config.key().value());
    }
    CompletableFuture<HttpResponse<byte[]>> answer =
        settings
            .probes()
            .sendAsync(
                request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_PAGE));
    try {
      // The request's own timeout ends with the head; a page may come slowly too.
      HttpResponse<byte[]> whole = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return whole.statusCode() == 200 ? whole.body() : null;
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no answer", e);
    } finally {
      answer.cancel(true);
    }
  }

  private URI url(String from) {
    if (!from.startsWith(":")) {
      return Prober.url(replica, from);
    }
    URI api = Prober.url(replica, "");
    return URI.create(api.getScheme() + "://" + api.getHost() + from);
  }
}
