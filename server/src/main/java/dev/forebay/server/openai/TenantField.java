package dev.forebay.server.openai;

import java.util.Locale;

/// The member of a request's body by which an engine keeps tenants apart, such as their caches and
/// their places in its queue.
public enum TenantField {
  NONE,
  /// DeepSeek.
  USER_ID,
  /// OpenAI, before `safety_identifier`.
  USER,
  SAFETY_IDENTIFIER,
  /// vLLM: prefixes are shared only among requests of the same salt.
  CACHE_SALT;

  /// Its name in the body.
  public String member() {
    return name().toLowerCase(Locale.ROOT);
  }
}
