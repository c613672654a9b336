package dev.forebay.server.http;

import dev.forebay.server.setting.Secret;
import java.util.regex.Pattern;

/// A key that callers may show.
///
/// @param id what it is called in limits, lists and logs
/// @param tenant who pays for its calls
/// @param hash SHA-256 of the key, 64 hexadecimal digits; the key itself is kept nowhere
public record KeyConfig(String id, String tenant, Secret hash) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{64}");

  public KeyConfig {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "id must be up to 100 letters, digits, . _ and -, was " + id);
    }
    if (tenant.isBlank()) {
      throw new IllegalArgumentException("tenant must name who pays, was empty");
    }
    if (!HASH.matcher(hash.value()).matches()) {
      // What was written instead may be the key itself, so it is not shown.
      throw new IllegalArgumentException(
          "hash must be 64 hexadecimal digits, as forebay key new prints them");
    }
  }
}
