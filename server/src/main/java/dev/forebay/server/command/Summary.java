package dev.forebay.server.command;

import dev.forebay.fleet.AccountConfig;
import dev.forebay.server.config.GatewayConfig;
import dev.forebay.server.http.KeyConfig;
import dev.forebay.server.upstream.PoolConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A configuration in a few lines for the operator. Shows no secret.
final class Summary {
  private Summary() {}

  static List<String> of(GatewayConfig config) {
    var lines = new ArrayList<String>();
    lines.add("listens on " + config.http().listen() + ", admin on " + config.admin().listen());
    config.pools().forEach((name, pool) -> describe(name, pool, lines));
    config.accounts().forEach((name, account) -> lines.add("account " + name + describe(account)));
    config.aliases().forEach((alias, model) -> lines.add("alias " + alias + " -> " + model));
    lines.add(callers(config.keys()));
    config.warnings().forEach(warning -> lines.add("warning: " + warning));
    return lines;
  }

  private static String describe(AccountConfig account) {
    var allowed = new ArrayList<String>();
    allow(account.concurrency(), "calls at once", allowed);
    allow(account.requests(), "requests a minute", allowed);
    allow(account.tokens(), "tokens a minute", allowed);
    return allowed.isEmpty() ? " has no limits" : " may have " + String.join(", ", allowed);
  }

  private static void allow(int units, String what, List<String> allowed) {
    if (units > 0) {
      allowed.add(units + " " + what);
    }
  }

  private static String callers(List<KeyConfig> keys) {
    long tenants = keys.stream().map(KeyConfig::tenant).distinct().count();
    return keys.isEmpty()
        ? "no keys: whoever reaches it may call"
        : "callers show one of %d keys, of %d tenants".formatted(keys.size(), tenants);
  }

  private static void describe(String name, PoolConfig pool, List<String> lines) {
    lines.add(
        "pool %s speaks %s, serves %s"
            .formatted(
                name,
                pool.speaks().name().toLowerCase(Locale.ROOT),
                pool.models().isEmpty()
                    ? "what its replicas list"
                    : String.join(", ", pool.models())));
    pool.replicas().forEach(replica -> lines.add("  " + replica.name() + "  " + replica.url()));
    if (!pool.fallback().isEmpty()) {
      lines.add("  falls back on " + String.join(", then ", pool.fallback()));
    }
    if (pool.dns().isSet()) {
      lines.add("  every address of " + pool.dns().url());
    }
  }
}
