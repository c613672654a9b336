package dev.forebay.server.protection;

import dev.forebay.pipeline.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says whether new calls may come in. None may while the process has too little of anything, until
/// it has enough again and some to spare; calls under way go on.
///
/// Where nothing is under way nothing would get better by refusing, so a call that is alone always
/// comes in: whatever a reading says, the gateway is never shut for good.
///
/// Turns on one thread; its answers are safe for all.
public final class Protection implements Tick {
  private static final Logger LOG = LoggerFactory.getLogger(Protection.class);
  private static final Duration EVERY = Duration.ofMillis(100);

  /// What must be free again before calls are taken again, so that it does not swing.
  private static final double ENOUGH = 0.9;

  private static final Duration RELIEF_EVERY = Duration.ofSeconds(10);

  private final LongSupplier underWay;
  private final List<Watched> resources;
  private volatile List<String> scarce = List.of();

  /// @param underWay what calls and those who are about to call hold now; 0 if there is nobody
  public Protection(LongSupplier underWay, List<Resource> resources) {
    this.underWay = underWay;
    this.resources = resources.stream().map(Watched::new).toList();
  }

  /// Whether a call that comes now is to be refused, before anything of its body is read.
  public boolean refuses() {
    return !scarce.isEmpty() && underWay.getAsLong() > 0;
  }

  /// Of what there is too little now, by the keys of the configuration.
  public List<String> scarce() {
    return scarce;
  }

  public List<Resource> resources() {
    return resources.stream().map(each -> each.resource).toList();
  }

  @Override
  public Duration every() {
    return EVERY;
  }

  @Override
  public void turn(Instant now) {
    List<String> names = new ArrayList<>();
    for (Watched each : resources) {
      each.look(now);
      if (each.scarce) {
        names.add(each.resource.name());
      }
    }
    scarce = List.copyOf(names);
  }

  private static final class Watched {
    private final Resource resource;
    private boolean scarce;
    private Instant since = Instant.MIN;
    private Instant relieved = Instant.MIN;

    Watched(Resource resource) {
      this.resource = resource;
    }

    void look(Instant now) {
      double share = resource.share().getAsDouble();
      if (!scarce && share >= 1) {
        scarce = true;
        since = now;
        LOG.warn(
            "new calls are refused: {} has come to {} % of what protection.{} allows",
            resource.name(), Math.round(share * 100), resource.name());
      } else if (scarce && share < ENOUGH) {
        scarce = false;
        LOG.info(
            "{} has gone back to {} % of what protection.{} allows, after {} s",
            resource.name(),
            Math.round(share * 100),
            resource.name(),
            Duration.between(since, now).toSeconds());
      }
      if (scarce && !now.isBefore(relieved.plus(RELIEF_EVERY))) {
        relieved = now;
        resource.relief().run();
      }
    }
  }
}
