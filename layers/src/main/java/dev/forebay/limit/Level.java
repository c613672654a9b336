package dev.forebay.limit;

import java.util.Locale;

/// For whom a limit counts. A call must pass at every level.
public enum Level {
  /// Everybody together.
  GLOBAL,
  /// All calls of one model.
  MODEL,
  TENANT,
  /// One credential of a tenant.
  KEY,
  /// One caller address; the /64 of an IPv6 address.
  ADDRESS,
  /// One end user of a tenant, as the tenant names it.
  USER;

  /// Whether only the caller itself uses up what is counted, so that it may be told.
  boolean ownedByCaller() {
    return compareTo(TENANT) >= 0;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
