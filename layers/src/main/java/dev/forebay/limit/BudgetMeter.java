package dev.forebay.limit;

import dev.forebay.fleet.Rate;
import dev.forebay.limit.BudgetConfig.Window;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/// A tenant's money for the day or the month. Calls under way have theirs set aside, so that what
/// they will cost is not spent twice. Exact: to the millionth of a millionth. Guarded by `Limits`.
final class BudgetMeter {
  private static final long MILLION = 1_000_000;

  private BudgetConfig config;
  private long spentMicros;
  private long spentRest;
  private long setAsideMicros;
  private long endsMillis = Long.MIN_VALUE;
  private long refused;

  BudgetMeter(BudgetConfig config) {
    this.config = config;
  }

  BudgetConfig config() {
    return config;
  }

  /// Goes on under another budget. One for another time starts afresh, with what is set aside.
  void become(BudgetConfig next) {
    if (next.per() != config.per()) {
      endsMillis = Long.MIN_VALUE;
    }
    config = next;
  }

  /// How long until the money can be had, nanoseconds: 0 if now, `Long.MAX_VALUE` if never.
  ///
  /// @param wallMillis since 1970 in UTC; what goes back is taken for standing still
  long wait(long micros, long wallMillis) {
    begin(wallMillis);
    long amount = config.amount().micros();
    if (micros > amount) {
      return Long.MAX_VALUE;
    }
    return spentMicros + setAsideMicros + micros <= amount
        ? 0
        : TimeUnit.MILLISECONDS.toNanos(Math.max(1, endsMillis - wallMillis));
  }

  void setAside(long micros) {
    setAsideMicros += micros;
  }

  /// Takes what was set aside back and spends what it really cost.
  void spend(long setAside, long promptTokens, long outputTokens, ModelConfig price, long wall) {
    begin(wall);
    setAsideMicros -= setAside;
    spentRest += cost(promptTokens, outputTokens, price);
    spentMicros += spentRest / MILLION;
    spentRest %= MILLION;
  }

  /// In millionths of a micro. Below 2 * 10^18: no call has 10^9 tokens, and prices are at most
  /// 1000 a million.
  private static long cost(long promptTokens, long outputTokens, ModelConfig price) {
    return Math.min(promptTokens, Rate.MOST) * price.input().micros()
        + Math.min(outputTokens, Rate.MOST) * price.output().micros();
  }

  /// In micros, rounded up.
  static long micros(long promptTokens, long outputTokens, ModelConfig price) {
    return (cost(promptTokens, outputTokens, price) + MILLION - 1) / MILLION;
  }

  private void begin(long wallMillis) {
    if (wallMillis >= endsMillis) {
      spentMicros = 0;
      spentRest = 0;
      endsMillis = end(config.per(), wallMillis);
    }
  }

  private static long end(Window window, long wallMillis) {
    LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(wallMillis, TimeUnit.DAYS.toMillis(1)));
    LocalDate next =
        switch (window) {
          case DAY -> day.plusDays(1);
          case MONTH -> YearMonth.from(day).plusMonths(1).atDay(1);
        };
    return next.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
  }

  void countRefused() {
    refused++;
  }

  TenantReading.Budget reading() {
    return new TenantReading.Budget(
        config.amount(), new Money(spentMicros), new Money(setAsideMicros), refused);
  }
}
