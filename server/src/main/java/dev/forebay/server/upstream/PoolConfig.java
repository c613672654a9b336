package dev.forebay.server.upstream;

import dev.forebay.pipeline.Dialect;
import dev.forebay.server.setting.Secret;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// Replicas that serve the same models in the same dialect.
///
/// @param speaks the wire format of its replicas
/// @param models what it serves; if empty, its replicas are asked (`/v1/models`)
/// @param replicas its backends; may be empty if `dns` is set
/// @param dns a name whose every address is a replica
/// @param passThrough whether paths that the gateway does not know are forwarded to it
/// @param key what the replicas ask of the gateway, in place of the caller's key; none if empty
/// @param account the provider's account that its replicas share, also with other pools of the same
///   name here; if empty, each replica stands alone
/// @param probe how replicas are asked whether they live
/// @param tls for `https` replicas
/// @param proxy the URL of a forward proxy; if empty, that of the environment (HTTPS_PROXY,
///   honouring NO_PROXY) for `https` replicas; `none` is never
public record PoolConfig(
    Dialect speaks,
    List<String> models,
    List<ReplicaConfig> replicas,
    DnsConfig dns,
    boolean passThrough,
    Secret key,
    String account,
    ProbeConfig probe,
    TlsConfig tls,
    String proxy) {
  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  public PoolConfig {
    models = List.copyOf(models);
    replicas = List.copyOf(replicas);
    if (replicas.isEmpty() && !dns.isSet()) {
      throw new IllegalArgumentException("replicas or dns must name where the pool's engines are");
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
    if (!account.isEmpty() && !ACCOUNT.matcher(account).matches()) {
      throw new IllegalArgumentException(
          "account must be 1 to 100 letters, digits, . _ and -, was " + account);
    }
    if (!proxy.isEmpty() && !proxy.equals("none")) {
      ServerUrl.check("proxy", proxy);
    }
  }
}
