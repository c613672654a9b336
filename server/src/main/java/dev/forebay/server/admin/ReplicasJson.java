package dev.forebay.server.admin;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Health;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes every pool with its replicas as one JSON object: the state of each, what is promised to
/// it, and which share of its normal load it gets.
///
/// Safe for many threads at once. A replica may change while it is written; its numbers are then of
/// slightly different moments.
public final class ReplicasJson implements Supplier<String> {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Fleet fleet;
  private final Supplier<Duration> slowStart;
  private final Supplier<List<Replica>> draining;
  private final LongSupplier nanoTime;

  /// @param slowStart how long a replica that returns takes to come to its full share now
  /// @param draining replicas that left their pools and on which calls still run
  /// @param nanoTime the clock of the loops
  public ReplicasJson(
      Fleet fleet,
      Supplier<Duration> slowStart,
      Supplier<List<Replica>> draining,
      LongSupplier nanoTime) {
    this.fleet = fleet;
    this.slowStart = slowStart;
    this.draining = draining;
    this.nanoTime = nanoTime;
  }

  @Override
  public String get() {
    long now = nanoTime.getAsLong();
    ObjectNode root = JSON.createObjectNode();
    ArrayNode pools = root.putArray("pools");
    for (Pool pool : fleet.pools()) {
      ObjectNode json = pools.addObject();
      json.put("name", pool.name());
      json.put("speaks", pool.speaks().name().toLowerCase(Locale.ROOT));
      ArrayNode replicas = json.putArray("replicas");
      pool.replicas().forEach(each -> write(each, pool.accountOf(each), replicas.addObject(), now));
    }
    ArrayNode left = root.putArray("draining");
    for (Replica replica : draining.get()) {
      ObjectNode each = left.addObject();
      each.put("name", replica.name());
      each.put("url", replica.url().toString());
      each.put("outstanding_calls", replica.outstandingCalls());
      each.put("outstanding_work", replica.outstandingWork());
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private void write(Replica replica, Account account, ObjectNode json, long now) {
    Health health = replica.health();
    double weight =
        health.usable(now) && account.open(now) ? health.weight(now, slowStart.get().toNanos()) : 0;
    json.put("name", replica.name());
    json.put("url", replica.url().toString());
    if (replica.address() != null) {
      json.put("address", replica.address());
    }
    json.put("state", state(health, account, weight, now));
    json.put("weight", Math.round(weight * 1000) / 1000.0);
    json.put("outstanding_calls", replica.outstandingCalls());
    json.put("outstanding_work", replica.outstandingWork());
    json.put("failures_in_a_row", health.failuresInARow());
    if (health.ejected(now)) {
      json.put("ejected_for_ms", Math.ceilDiv(health.usableAt(now) - now, 1_000_000));
    }
    json.put("account", account.name());
    String refusal = account.refusal();
    if (refusal != null) {
      json.put("account_refused", refusal);
    }
    if (!account.open(now)) {
      json.put("account_opens_in_ms", Math.ceilDiv(account.opensAt(now) - now, 1_000_000));
    }
  }

  private static String state(Health health, Account account, double weight, long now) {
    if (health.down()) {
      return "down";
    }
    if (health.suspect()) {
      return "suspect";
    }
    if (health.ejected(now)) {
      return "ejected";
    }
    if (account.refusal() != null) {
      return "refused";
    }
    if (!account.open(now)) {
      return "paused";
    }
    return weight < 1 ? "slow start" : "up";
  }
}
