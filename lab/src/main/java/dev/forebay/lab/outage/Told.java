package dev.forebay.lab.outage;

import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.OptionalDouble;

/// What an answer tells a client about trying again.
///
/// @param status 0 if there was no answer
/// @param again what `x-should-retry` says; empty if it is absent
/// @param afterMillis what `retry-after-ms` or `retry-after` says; empty if neither is there
record Told(int status, Optional<Boolean> again, OptionalDouble afterMillis) {
  static final Told NOTHING = new Told(0, Optional.empty(), OptionalDouble.empty());

  static Told of(int status, HttpHeaders headers) {
    OptionalDouble millis = number(headers, "retry-after-ms", 1);
    return new Told(
        status,
        headers.firstValue("x-should-retry").map("true"::equals),
        millis.isPresent() ? millis : number(headers, "retry-after", 1_000));
  }

  boolean answered() {
    return status >= 200 && status < 300;
  }

  /// Statuses that every stock client takes for passing.
  boolean passing() {
    return status == 0 || status == 408 || status == 409 || status == 429 || status >= 500;
  }

  private static OptionalDouble number(HttpHeaders headers, String name, double scale) {
    return headers.firstValue(name).stream()
        .mapToDouble(Double::parseDouble)
        .map(n -> n * scale)
        .findFirst();
  }
}
