package dev.forebay.server.upstream;

import dev.forebay.pipeline.Dialect;
import dev.forebay.server.adapter.engine.KvConfig;
import dev.forebay.server.openai.TenantField;
import dev.forebay.server.setting.Check;
import dev.forebay.server.setting.Secret;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Replicas that serve the same models in the same dialect.
///
/// @param speaks the wire format of its replicas
/// @param models what it serves; if empty, its replicas are asked (`/v1/models`)
/// @param aliases names of models that calls of other pools fall back here with, to what it serves
///   in their place
/// @param fallback the pools that serve its calls when it cannot, in this order
/// @param replicas its backends; may be empty if `dns` is set
/// @param dns a name whose every address is a replica
/// @param passThrough whether paths that the gateway does not know are forwarded to it
/// @param key what the replicas ask of the gateway, in place of the caller's key; none if empty
/// @param forwardKey whether the caller's own key goes on to the replicas
/// @param account the provider's account that its replicas share, also with other pools of the same
///   name here; if empty, each replica stands alone
/// @param streamUsage whether replicas are asked what a stream used where its caller did not ask
/// @param tenantId by what replicas are told whose call it is
/// @param probe how replicas are asked whether they live
/// @param metrics where engines show their load
/// @param kv how large their KV cache is, where they do not say
/// @param maxNumSeqs sequences that each replica's engine computes at once, where it does not say;
///   0 if it is to be learnt from what it shows
/// @param tls for `https` replicas
/// @param proxy the URL of a forward proxy; if empty, that of the environment (HTTPS_PROXY,
///   honouring NO_PROXY) for `https` replicas; `none` is never
public record PoolConfig(
    Dialect speaks,
    List<String> models,
    Map<String, String> aliases,
    List<String> fallback,
    List<ReplicaConfig> replicas,
    DnsConfig dns,
    boolean passThrough,
    Secret key,
    boolean forwardKey,
    String account,
    StreamUsage streamUsage,
    TenantIdConfig tenantId,
    ProbeConfig probe,
    String metrics,
    KvConfig kv,
    int maxNumSeqs,
    TlsConfig tls,
    String proxy) {
  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  public PoolConfig {
    models = List.copyOf(models);
    aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
    fallback = List.copyOf(fallback);
    replicas = List.copyOf(replicas);
    if (replicas.isEmpty() && !dns.isSet()) {
      throw new IllegalArgumentException("replicas or dns must name where the pool's engines are");
    }
    if (speaks == Dialect.ANTHROPIC && tenantId.field() != TenantField.NONE) {
      throw new IllegalArgumentException(
          "tenantId.field must be none for a pool that speaks anthropic, was "
              + tenantId.field().member());
    }
    var seen = new HashSet<String>();
    for (String model : models) {
      if (model.isBlank()) {
        throw new IllegalArgumentException("models must not hold an empty name");
      }
      if (!seen.add(model)) {
        throw new IllegalArgumentException("models must be named once each, twice was " + model);
      }
    }
    for (String model : aliases.values()) {
      if (!models.isEmpty() && !models.contains(model)) {
        throw new IllegalArgumentException(
            "aliases must name models that the pool serves, one was " + model);
      }
    }
    if (forwardKey && key.isSet()) {
      throw new IllegalArgumentException(
          "forwardKey must be false for a pool with a key of its own, was true");
    }
    if (!account.isEmpty() && !ACCOUNT.matcher(account).matches()) {
      throw new IllegalArgumentException(
          "account must be 1 to 100 letters, digits, . _ and -, was " + account);
    }
    MetricsPlaces.check("metrics", metrics);
    Check.between("maxNumSeqs", maxNumSeqs, 0, 1_000_000);
    if (!proxy.isEmpty() && !proxy.equals("none")) {
      ServerUrl.check("proxy", proxy);
    }
  }

  /// What the pool calls a model of another pool.
  ///
  /// @param serves the models that it serves
  /// @return null if it serves nothing in its place
  public @Nullable String nameOf(String model, Collection<String> serves) {
    String alias = aliases.get(model);
    if (alias != null) {
      return alias;
    }
    return serves.contains(model) ? model : serves.size() == 1 ? serves.iterator().next() : null;
  }
}
