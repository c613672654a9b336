package dev.forebay.lab.simulator;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Which blocks of prompts an engine remembers: as many as its KV cache holds, the least recently
/// used going first. Apart from the KV pool, unlike vLLM's: how full the pool is does not change
/// what is remembered. Not thread-safe.
final class PrefixBlocks {
  /// Tokens that a block of a trace stands for.
  static final int TOKENS = 512;

  private final int capacity;
  private final Set<Integer> byUse = new LinkedHashSet<>();

  PrefixBlocks(int kvTokens) {
    this.capacity = kvTokens / TOKENS;
  }

  /// Tokens of the prompt's beginning that are remembered; remembers the whole prompt from now on.
  int match(List<Integer> prompt) {
    int matched = 0;
    boolean matching = true;
    for (int block : prompt) {
      // Added anew, so that it stands behind those that were used before.
      matching &= byUse.remove(block);
      byUse.add(block);
      matched += matching ? TOKENS : 0;
    }
    while (byUse.size() > capacity) {
      byUse.remove(byUse.iterator().next());
    }
    return matched;
  }
}
