package dev.forebay.server.protection;

import java.util.function.DoubleSupplier;

/// Something of which the process can have too little.
///
/// @param name its key in the configuration, for logs and metrics
/// @param share how much of what it may come to is taken; from 1 on it is too much. Safe for all
///   threads, and fast
/// @param relief what may help while it is too much; run every few seconds then
public record Resource(String name, DoubleSupplier share, Runnable relief) {

  public Resource(String name, DoubleSupplier share) {
    this(name, share, () -> {});
  }

  /// What is taken of a number that may be without limit.
  ///
  /// @param most 0 is no limit
  public static double share(long taken, long most) {
    return most == 0 ? 0 : (double) taken / most;
  }
}
