package dev.forebay.limit;

import java.time.Duration;
import java.util.List;

/// Who holds permits at one moment, counted in two ways.
///
/// @param limits each limit of concurrency
/// @param grants calls that passed their limits and have not been settled
/// @param openCalls that are on the path, as somebody else counts them
public record PermitAudit(List<Line> limits, long grants, long openCalls) {

  /// The permits of one limit.
  ///
  /// @param subject whom it counts for: a name, or empty at the levels that have none
  /// @param held by its own count
  /// @param owned by calls that were listed one by one
  /// @param oldest how long the oldest has been held; zero if none is
  /// @param owner id of the call that holds the oldest; empty if none is
  public record Line(
      Level level, String subject, long held, long owned, Duration oldest, String owner) {}

  /// Permits that nobody owns, or that are owned and not counted, and grants without a call. 0
  /// unless something leaks. A call that begins or ends while others are counted may show as 1 for
  /// one turn.
  public long difference() {
    return limits.stream().mapToLong(line -> Math.abs(line.held() - line.owned())).sum()
        + Math.max(0, grants - openCalls);
  }
}
