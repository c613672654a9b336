package dev.forebay.limit;

import dev.forebay.fleet.Rate.Per;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Kind;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Builds what a configuration asks for out of the meters that are there. Used once, by one thread.
///
/// A meter goes on as the limit of the same subject and kind: of those that count by the same time,
/// or else of the first that is left.
final class Reload {
  private final Map<Whose, List<Meter>> before = new LinkedHashMap<>();
  private final List<Meter> meters = new ArrayList<>();
  private final int remembered;
  private final long now;

  private record Whose(Level level, String subject) {}

  Reload(List<Meter> before, int remembered, long now) {
    for (Meter meter : before) {
      this.before
          .computeIfAbsent(new Whose(meter.level(), meter.subject()), _ -> new ArrayList<>())
          .add(meter);
    }
    this.remembered = remembered;
    this.now = now;
  }

  /// All meters that were asked for, in that order.
  List<Meter> meters() {
    return List.copyOf(meters);
  }

  /// Limits that count for one subject.
  Subject one(Level level, String subject, LimitSet limits) {
    return build(level, subject, limits, false);
  }

  /// Limits that count for each of a crowd by itself.
  Subject each(Level level, LimitSet limits) {
    return build(level, "", limits, true);
  }

  TenantAccount tenant(TenantAccount account, TenantConfig config, LimitSet limits) {
    var keys = new LinkedHashMap<String, Subject>();
    config
        .keys()
        .forEach((key, own) -> keys.put(key, one(Level.KEY, account.name() + "/" + key, own)));
    account.become(config, one(Level.TENANT, account.name(), limits), keys);
    return account;
  }

  private Subject build(Level level, String subject, LimitSet set, boolean crowd) {
    List<Meter> left = before.getOrDefault(new Whose(level, subject), List.of());
    List<Limit> limits = set.all();
    var kept = new ArrayList<@Nullable Meter>();
    for (Limit limit : limits) {
      kept.add(remove(left, meter -> per(meter.limit()) == per(limit), limit.kind()));
    }
    var built = new Meter[limits.size()];
    for (int i = 0; i < built.length; i++) {
      Limit limit = limits.get(i);
      Meter old = kept.get(i);
      if (old == null) {
        old = remove(left, _ -> true, limit.kind());
      }
      built[i] = old != null ? become(old, limit) : fresh(level, subject, limit, crowd);
      meters.add(built[i]);
    }
    return built.length == 0 ? Subject.UNLIMITED : new Subject(built);
  }

  private static @Nullable Meter remove(List<Meter> left, Predicate<Meter> fits, Kind kind) {
    for (Meter meter : left) {
      if (meter.kind() == kind && fits.test(meter)) {
        left.remove(meter);
        return meter;
      }
    }
    return null;
  }

  private static @Nullable Per per(Limit limit) {
    return switch (limit) {
      case Requests(var rate, _, _, _) -> rate.per();
      case Tokens(var rate, _, _) -> rate.per();
      case Concurrency _ -> null;
    };
  }

  private Meter become(Meter meter, Limit limit) {
    switch (meter) {
      case RateMeter rate -> rate.become(limit, now);
      case ConcurrencyMeter permits -> permits.become((Concurrency) limit);
    }
    return meter;
  }

  private Meter fresh(Level level, String subject, Limit limit, boolean crowd) {
    return switch (limit) {
      case Requests _, Tokens _ ->
          new RateMeter(level, subject, limit, cells(crowd, RateMeter.PAID_UNTIL));
      case Concurrency concurrency ->
          new ConcurrencyMeter(level, subject, concurrency, cells(crowd, ConcurrencyMeter.HELD));
    };
  }

  private Cells cells(boolean crowd, Cells.Meaning meaning) {
    return crowd ? new CrowdTable(remembered, meaning) : new OneCell(meaning.fresh(now));
  }
}
