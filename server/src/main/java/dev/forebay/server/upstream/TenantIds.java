package dev.forebay.server.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forebay.server.setting.Secret;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What tenants are called towards replicas: always the same for one tenant, and telling nobody its
/// name who does not know the secret. HMAC-SHA256 of the name, its first 128 bits in hexadecimal.
///
/// Safe for all threads; each tenant's is computed once.
final class TenantIds {
  /// For whoever tells replicas nothing.
  static final TenantIds NONE = new TenantIds(new Secret(""));

  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 16;

  private final Secret secret;

  /// Tenants stand in the configuration, so there are never too many.
  private final Map<String, String> known = new ConcurrentHashMap<>();

  TenantIds(Secret secret) {
    this.secret = secret;
  }

  String of(String tenant) {
    String id = known.get(tenant);
    return id != null ? id : known.computeIfAbsent(tenant, this::compute);
  }

  private String compute(String tenant) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.value().getBytes(UTF_8), ALGORITHM));
      return HexFormat.of().formatHex(mac.doFinal(tenant.getBytes(UTF_8)), 0, BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
    }
  }
}
