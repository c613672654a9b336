package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Scenario;
import java.util.List;

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

  Standing of(Contender contender, double load) {
    return of(contender).stream()
        .filter(standing -> standing.load() == load)
        .findFirst()
        .orElseThrow();
  }
}
