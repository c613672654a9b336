package dev.forebay.retry.policy;

/// How many retries all calls together may cause.
///
/// @param ratio retries that each call earns, so their share of all calls in the long run; 0..1
/// @param reserve retries that may be saved up, and are there at the start; 10 or more, so that few
///   calls can be retried too
/// @param workReserve the same in work, in units that the user chooses; a single call of more work
///   than this is never retried
public record BudgetConfig(double ratio, long reserve, long workReserve) {
  private static final long LEAST_RESERVE = 10;
  private static final long MOST = 1L << 50;

  public BudgetConfig {
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("ratio must be 0..1, was " + ratio);
    }
    if (reserve < LEAST_RESERVE || reserve > MOST) {
      throw new IllegalArgumentException(
          "reserve must be " + LEAST_RESERVE + ".." + MOST + ", was " + reserve);
    }
    if (workReserve < 1 || workReserve > MOST) {
      throw new IllegalArgumentException("workReserve must be 1.." + MOST + ", was " + workReserve);
    }
  }
}
