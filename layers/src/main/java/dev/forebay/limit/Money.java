package dev.forebay.limit;

import java.math.BigDecimal;

/// An amount in whole millionths of a currency that the operator has in mind.
///
/// @param micros 0..9 * 10^15
public record Money(long micros) {
  public static final Money NONE = new Money(0);

  private static final long MOST = 9_000_000_000_000_000L;

  public Money {
    if (micros < 0 || micros > MOST) {
      throw new IllegalArgumentException("money must be 0..9000000000, was " + micros + "e-6");
    }
  }

  /// Reads `12`, `0.55` or `0.000001`; finer amounts do not exist.
  ///
  /// @throws IllegalArgumentException if it is written otherwise
  public static Money parse(String text) {
    try {
      return new Money(new BigDecimal(text.strip()).movePointRight(6).longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "must be an amount like 12 or 0.55, to the millionth, was " + text, e);
    }
  }

  public boolean isNone() {
    return micros == 0;
  }

  @Override
  public String toString() {
    return BigDecimal.valueOf(micros, 6).stripTrailingZeros().toPlainString();
  }
}
