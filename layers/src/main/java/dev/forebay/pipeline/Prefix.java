package dev.forebay.pipeline;

import java.util.Arrays;

/// The beginning of a prompt, as a hash for each of its blocks, of that block and all before it:
/// two prompts have the first `n` hashes in common if, as good as surely, they begin with the same
/// `n` blocks. How long a block is, is the affair of whoever made it. Immutable.
public final class Prefix {
  public static final Prefix NONE = new Prefix();

  private final long[] hashes;

  private Prefix(long... hashes) {
    this.hashes = hashes;
  }

  /// How many blocks there are.
  public int blocks() {
    return hashes.length;
  }

  /// The hash of the first `blocks` blocks.
  ///
  /// @param blocks 1 to `blocks()`
  public long hash(int blocks) {
    return hashes[blocks - 1];
  }

  /// One block after the other.
  public static final class Builder {
    private static final int FIRST = 8;

    private long[] hashes = new long[FIRST];
    private int size;
    private long hash;

    /// Goes on with a block of that hash.
    public Builder block(long own) {
      if (size == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * size);
      }
      hash = mixed(hash ^ own);
      hashes[size++] = hash;
      return this;
    }

    public Prefix build() {
      return size == 0 ? NONE : new Prefix(Arrays.copyOf(hashes, size));
    }
  }

  /// Spreads a number over all bits.
  ///
  /// @see "Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators, 2014: mix64"
  public static long mixed(long number) {
    long z = number + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
