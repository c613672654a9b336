package dev.forebay.server.fuzz;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Laws that hold for whatever bytes come; one that does not is an `AssertionError`, which a fuzzer
/// reports as a finding.
public final class Laws {
  private Laws() {}

  public static void holds(boolean law, String otherwise) {
    if (!law) {
      throw new AssertionError(otherwise);
    }
  }

  public static void same(@Nullable Object expected, @Nullable Object was) {
    if (!Objects.equals(expected, was)) {
      throw new AssertionError("expected " + expected + ", was " + was);
    }
  }

  /// Up to four places at which to cut that many bytes, ascending, as two bytes of the input
  /// choose; or every place, where the first of them is 0.
  public static int[] cuts(byte one, byte other, int length) {
    if (one == 0) {
      int[] each = new int[Math.min(length, 4096)];
      Arrays.setAll(each, i -> i);
      return each;
    }
    int[] cuts = {
      (one & 0xff) * length / 256,
      (other & 0xff) * length / 256,
      (one & 0xff) % (length + 1),
      (other & 0xff) % (length + 1)
    };
    Arrays.sort(cuts);
    return cuts;
  }
}
