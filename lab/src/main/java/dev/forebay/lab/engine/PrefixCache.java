package dev.forebay.lab.engine;

import java.util.LinkedHashMap;
import java.util.Map;

/// Remembers the beginnings of prompts by blocks of 16 tokens, the least recently used going first.
/// Apart from the KV pool, unlike vLLM's: how full the pool is does not change what is remembered.
/// Not thread safe.
final class PrefixCache {

  private static final int BLOCK_CHARS = SchedulerConfig.BLOCK_TOKENS * 4;

  private final Map<Long, Boolean> blocks;

  PrefixCache(long tokens) {
    long capacity = tokens / SchedulerConfig.BLOCK_TOKENS;
    this.blocks =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > capacity;
          }
        };
  }

  /// Tokens of the prompt's beginning that are remembered; remembers the whole prompt from now on.
  int match(String prompt) {
    int matched = 0;
    boolean matching = true;
    long chain = 0;
    for (int end = BLOCK_CHARS; end <= prompt.length(); end += BLOCK_CHARS) {
      chain = PseudoText.mix(chain) ^ PseudoText.hash(prompt.substring(end - BLOCK_CHARS, end));
      matching &= blocks.put(chain, true) != null;
      if (matching) {
        matched += SchedulerConfig.BLOCK_TOKENS;
      }
    }
    return matched;
  }
}
