package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Scenario;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What a contest found.
///
/// @param capacity intents a second at 1x
record Result(Scenario scenario, double capacity, List<Standing> standings) {
  Result {
    standings = List.copyOf(standings);
  }

  String name() {
    return scenario.workload().name();
  }

  List<Contender> contenders() {
    return standings.stream().map(Standing::contender).distinct().toList();
  }

  List<Double> loads() {
    return standings.stream().map(Standing::load).distinct().toList();
  }

  /// The highest load.
  double most() {
    return loads().stream().mapToDouble(load -> load).max().orElse(0);
  }

  List<Standing> at(double load) {
    return standings.stream().filter(standing -> standing.load() == load).toList();
  }

  List<Standing> of(Contender contender) {
    return standings.stream().filter(each -> each.contender().equals(contender)).toList();
  }

  Optional<Standing> of(Contender contender, double load) {
    return of(contender).stream().filter(standing -> standing.load() == load).findFirst();
  }

  /// The one with the most good answers, of those that are not the product.
  Optional<Standing> bestRival(double load) {
    return at(load).stream()
        .filter(Standing::rival)
        .max(Comparator.comparingDouble(Standing::good));
  }
}
