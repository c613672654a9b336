package dev.forebay.server;

import dev.forebay.pipeline.Tick;
import dev.forebay.server.Reloaded.Refused;
import dev.forebay.server.Reloaded.Switched;
import dev.forebay.server.Reloaded.Unchanged;
import dev.forebay.server.admin.Page.Content;
import dev.forebay.server.config.ConfigException;
import dev.forebay.server.config.ConfigFile;
import dev.forebay.server.config.ConfigStatus;
import dev.forebay.server.config.GatewayConfig;
import dev.forebay.server.config.Settings;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows which configuration runs, and replaces it by another: all of it or, with a reason,
/// nothing.
///
/// A version is a count, which goes up with every switch, and a hash of what `/admin/config` shows:
/// gateways of one hash run the same settings, apart from secrets.
///
/// One reload at a time; readings are safe for all threads. Each turn looks whether the file says
/// something else.
final class Reload implements Tick {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Switch runs;
  private final @Nullable ConfigFile file;
  private final InstantSource clock;
  private volatile ConfigStatus status;
  private volatile boolean stopped;
  private final AtomicLong switched = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /// Makes the gateway run with another configuration.
  interface Switch {
    /// Runs with it from now on, or throws and has changed nothing.
    ///
    /// @return what it changes beside the values of keys, for the log
    /// @throws IllegalArgumentException if it cannot be done, with the reason
    List<String> to(GatewayConfig config) throws InterruptedException;
  }

  /// @param started what the gateway runs with
  /// @param file where it comes from; null if it stands in no file
  Reload(GatewayConfig started, @Nullable ConfigFile file, Switch runs, InstantSource clock) {
    this.runs = runs;
    this.file = file;
    this.clock = clock;
    this.status =
        new ConfigStatus(
            started,
            version(1, new Settings(started)),
            clock.instant(),
            file == null ? null : file.path(),
            null);
  }

  ConfigStatus status() {
    return status;
  }

  GatewayConfig config() {
    return status.config();
  }

  /// How often another configuration was switched to.
  long switched() {
    return switched.get();
  }

  long refused() {
    return refused.get();
  }

  @Override
  public Duration every() {
    return EVERY;
  }

  @Override
  public void turn(Instant now) throws InterruptedException {
    if (file != null && file.changed()) {
      fromFile();
    }
  }

  /// Refuses whatever comes from now on.
  void stop() {
    stopped = true;
  }

  /// Reads the file and answers who asked for it.
  Content onRequest() {
    try {
      return switch (fromFile()) {
        case Switched(String version, List<String> changes) ->
            Content.text(200, version + " runs now; changed: " + String.join(", ", changes) + "\n");
        case Unchanged(String version) ->
            Content.text(200, version + " runs already: the file says nothing else\n");
        case Refused(String reason) -> Content.text(422, reason + "\n");
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Content.text(503, "the gateway is shutting down\n");
    }
  }

  /// Reads the file again, whatever it says. Blocks.
  synchronized Reloaded fromFile() throws InterruptedException {
    if (file == null) {
      return new Refused("the gateway was started without a configuration file");
    }
    try {
      return to(file.load());
    } catch (ConfigException e) {
      return refuse(String.valueOf(e.getMessage()));
    } catch (NoSuchFileException e) {
      return refuse(file.path() + " does not exist");
    } catch (IOException e) {
      return refuse(file.path() + " cannot be read: " + e.getMessage());
    }
  }

  /// Switches to another configuration. Blocks while replicas that are new are probed.
  synchronized Reloaded to(GatewayConfig next) throws InterruptedException {
    Settings settings = new Settings(next);
    List<String> keys = new Settings(config()).changed(settings);
    if (keys.isEmpty()) {
      status = status.settled();
      return new Unchanged(status.version());
    }
    if (stopped) {
      return new Refused("the gateway is shutting down");
    }
    List<String> fixed = Settings.fixed(keys);
    if (!fixed.isEmpty()) {
      return refuse(
          String.join(", ", fixed) + " cannot change while the gateway runs: this needs a restart");
    }
    List<String> changes = new ArrayList<>(keys);
    try {
      changes.addAll(runs.to(next));
    } catch (IllegalArgumentException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
    String version = version(switched.incrementAndGet() + 1, settings);
    Instant now = clock.instant();
    status = new ConfigStatus(next, version, now, status.file(), null);
    LOG.info("configuration {} runs now; changed: {}", version, String.join(", ", changes));
    next.warnings().forEach(warning -> LOG.warn("configuration {}: {}", version, warning));
    return new Switched(version, List.copyOf(changes));
  }

  private Refused refuse(String reason) {
    refused.incrementAndGet();
    ConfigStatus.Refusal last = status.refusal();
    if (last == null || !last.reason().equals(reason)) {
      LOG.error("configuration refused, {} goes on: {}", status.version(), reason);
    }
    status = status.refusing(new ConfigStatus.Refusal(reason, clock.instant()));
    return new Refused(reason);
  }

  private static String version(long count, Settings settings) {
    return count + "-" + settings.hash();
  }
}
