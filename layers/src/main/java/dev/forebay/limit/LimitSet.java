package dev.forebay.limit;

import dev.forebay.fleet.Rate.Per;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The limits that count for one subject; all of them must pass.
///
/// @param requests at most one for each of the times that a rate can name
/// @param tokens at most one for each of the times that a rate can name
/// @param concurrency at most one
public record LimitSet(
    List<Requests> requests, List<Tokens> tokens, List<Concurrency> concurrency) {
  public static final LimitSet NONE = new LimitSet(List.of(), List.of(), List.of());

  public LimitSet {
    requests = List.copyOf(requests);
    tokens = List.copyOf(tokens);
    concurrency = List.copyOf(concurrency);
    once("requests", requests.stream().map(each -> each.rate().per()).toList());
    once("tokens", tokens.stream().map(each -> each.rate().per()).toList());
    if (concurrency.size() > 1) {
      throw new IllegalArgumentException(
          "concurrency must be one limit, were " + concurrency.size());
    }
  }

  private static void once(String name, List<Per> pers) {
    if (pers.stream().distinct().count() < pers.size()) {
      throw new IllegalArgumentException(
          name + " must have one rate at most per second, minute, hour and day");
    }
  }

  /// These limits, and of the others those that have no counterpart here: of the same kind and, for
  /// rates, by the same time.
  LimitSet over(LimitSet others) {
    return new LimitSet(
        merge(requests, others.requests, each -> each.rate().per()),
        merge(tokens, others.tokens, each -> each.rate().per()),
        concurrency.isEmpty() ? others.concurrency : concurrency);
  }

  private static <T> List<T> merge(List<T> own, List<T> others, Function<T, Per> per) {
    var merged = new ArrayList<>(own);
    for (T other : others) {
      if (own.stream().noneMatch(each -> per.apply(each) == per.apply(other))) {
        merged.add(other);
      }
    }
    return merged;
  }

  List<Limit> all() {
    var all = new ArrayList<Limit>(requests);
    all.addAll(tokens);
    all.addAll(concurrency);
    return all;
  }

  boolean isEmpty() {
    return requests.isEmpty() && tokens.isEmpty() && concurrency.isEmpty();
  }
}
