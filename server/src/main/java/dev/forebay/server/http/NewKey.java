package dev.forebay.server.http;

import dev.forebay.server.setting.Secret;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// A key that was just made.
///
/// @param key what the caller gets; to be shown once and kept nowhere
/// @param config what the gateway gets
public record NewKey(String key, KeyConfig config) {
  private static final int RANDOM_BYTES = 32;

  /// Makes one.
  ///
  /// @param id empty for the tenant and some random digits
  /// @param random a secure one
  /// @throws IllegalArgumentException if the tenant or the id cannot be one
  public static NewKey make(String tenant, String id, RandomGenerator random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String key = "fb-" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    String hash = HexFormat.of().formatHex(KeyHash.of(key));
    String name = id.isEmpty() ? tenant + "-" + hash.substring(0, 6) : id;
    return new NewKey(key, new KeyConfig(name, tenant, new Secret(hash)));
  }

  /// The item of `keys` in the configuration.
  public String line() {
    return "- {id: \"%s\", tenant: \"%s\", hash: \"%s\"}"
        .formatted(config.id(), config.tenant(), config.hash().value());
  }

  @Override
  public String toString() {
    return "a key of " + config.tenant();
  }
}
