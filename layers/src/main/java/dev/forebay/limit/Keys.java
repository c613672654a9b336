package dev.forebay.limit;

import dev.forebay.pipeline.Network;

/// Numbers for addresses and end users. Mixed with a secret, so that nobody can choose addresses or
/// names that share a place in a table. Immutable.
final class Keys {
  private final long secret;

  Keys(long secret) {
    this.secret = secret;
  }

  /// Different for different networks.
  long of(Network network) {
    return mix(network.bits() ^ secret);
  }

  /// Different for different users, but for an accident of 1 in 2^64 a pair.
  long of(String tenant, String user) {
    return mix(hash(user, hash(tenant, secret)));
  }

  private static long hash(String text, long seed) {
    long hash = seed ^ text.length();
    for (int i = 0; i < text.length(); i++) {
      long a = hash ^ text.charAt(i);
      hash = Math.multiplyHigh(a, 0x9e37_79b9_7f4a_7c15L) ^ (a * 0x9e37_79b9_7f4a_7c15L);
    }
    return hash;
  }

  /// The finalizer of SplitMix64, a bijection.
  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d0_49bb_1331_11ebL;
    return b ^ (b >>> 31);
  }
}
