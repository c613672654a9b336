package dev.forebay.lab.bench;

import dev.forebay.lab.bench.proxy.Proxy;
import dev.forebay.lab.bench.scenario.Scenario;
import java.time.Duration;
import java.util.List;

/// What is measured, how often and how long.
///
/// @param rounds of each scenario; one that holds streams has one
/// @param window that is measured of each round
/// @param hold the same where streams are held
/// @param warmUp load before the first round of a scenario
/// @param connections of unary calls
/// @param streams open at once, where they are paced
/// @param held streams where they are held
/// @param perSecond calls offered in an open loop
record Plan(
    List<Scenario> scenarios,
    List<Proxy> proxies,
    int rounds,
    Duration window,
    Duration hold,
    Duration warmUp,
    int connections,
    int streams,
    int held,
    double perSecond) {
  private static final Duration SETTLE = Duration.ofSeconds(1);
  private static final int OPENED_A_SECOND = 1_000;

  Plan {
    scenarios = List.copyOf(scenarios);
    proxies = List.copyOf(proxies);
    atLeast("rounds", rounds, 1);
    atLeast("connections", connections, 1);
    atLeast("streams", streams, 1);
    atLeast("held", held, 1);
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("rate must be > 0, was " + perSecond);
    }
  }

  /// Those of the proxies that speak what the scenario needs.
  List<Proxy> proxies(Scenario scenario) {
    return proxies.stream()
        .filter(proxy -> scenario.wires().stream().allMatch(proxy::speaks))
        .toList();
  }

  int rounds(Scenario scenario) {
    return scenario.holds() ? 1 : rounds;
  }

  Duration settle() {
    return SETTLE;
  }

  Duration window(Scenario scenario) {
    return scenario.holds() ? hold : window;
  }

  int streams(Scenario scenario) {
    return scenario.holds() ? held : streams;
  }

  /// What a proxy's part of a round is to take.
  Duration turn(Scenario scenario) {
    return SETTLE.plus(window(scenario)).plus(opening(scenario));
  }

  /// What all of it is to take.
  Duration whole() {
    return scenarios.stream()
        .map(scenario ->
            warmUp
                .plus(turn(scenario).multipliedBy(rounds(scenario)))
                .multipliedBy(proxies(scenario).size()))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /// Whether the load is as much as the plan says, not as much as the proxy bears.
  boolean offers(Scenario scenario) {
    return switch (scenario) {
      case LATENCY, FIRST_CONTENT, STREAMS, FULL_STREAMS, IDLE -> true;
      case UNARY, SHED, FULL_UNARY, UNPACED, HTTP2, TLS -> false;
    };
  }

  private Duration opening(Scenario scenario) {
    return switch (scenario) {
      case STREAMS, FULL_STREAMS, IDLE ->
          Duration.ofMillis(1_000L * streams(scenario) / OPENED_A_SECOND);
      case UNARY, SHED, FULL_UNARY, LATENCY, FIRST_CONTENT, UNPACED, HTTP2, TLS -> Duration.ZERO;
    };
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException("%s must be >= %d, was %d".formatted(name, least, value));
    }
  }
}
