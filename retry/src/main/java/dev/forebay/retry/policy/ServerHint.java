package dev.forebay.retry.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a server said of trying again.
///
/// @param delay how long to stay away; empty if it did not say
/// @param again whether `x-should-retry` said to try again; empty if it did not say
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#field.retry-after">RFC 9110, 10.2.3</a>
public record ServerHint(Optional<Duration> delay, Optional<Boolean> again) {
  public static final ServerHint NONE = new ServerHint(Optional.empty(), Optional.empty());

  /// Reads a refusal's headers. A value that cannot be read says nothing.
  ///
  /// `retry-after-ms` says the same as `retry-after`, only finer, and so goes first. Where neither
  /// is there, the limits that are used up (`x-ratelimit-remaining-requests` or `-tokens` of 0) say
  /// by their `x-ratelimit-reset-…` when they are not.
  ///
  /// @param header gives a header's value by its name in lower case, null if it is absent
  /// @param now the time to which a date in `retry-after` is compared, unless the answer has a
  ///   `date` of its own: the server's clock may differ from ours
  public static ServerHint read(Function<String, @Nullable String> header, Instant now) {
    Optional<Duration> delay =
        read(header, "retry-after-ms", Delays::millis)
            .or(() -> read(header, "retry-after", Delays::seconds))
            .or(() -> read(header, "retry-after", date -> untilDate(date, header, now)))
            .or(() -> longest(usedUp(header, "requests"), usedUp(header, "tokens")));
    return new ServerHint(delay, read(header, "x-should-retry", ServerHint::yesOrNo));
  }

  private static Optional<Duration> untilDate(
      String date, Function<String, @Nullable String> header, Instant now) {
    return Delays.until(date, read(header, "date", Delays::date).orElse(now));
  }

  private static Optional<Duration> usedUp(Function<String, @Nullable String> header, String what) {
    return read(header, "x-ratelimit-remaining-" + what, Optional::of)
        .filter("0"::equals)
        .flatMap(none -> read(header, "x-ratelimit-reset-" + what, Delays::units));
  }

  private static Optional<Boolean> yesOrNo(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  private static <T> Optional<T> read(
      Function<String, @Nullable String> header,
      String name,
      Function<String, Optional<T>> reading) {
    String value = header.apply(name);
    return value == null ? Optional.empty() : reading.apply(value.strip());
  }

  private static Optional<Duration> longest(Optional<Duration> a, Optional<Duration> b) {
    return Stream.of(a, b).flatMap(Optional::stream).max(Duration::compareTo);
  }
}
