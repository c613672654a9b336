package dev.forebay.lab.sockets;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The settings that a way may choose from; one where there is nothing to tune.
record Grid(List<Way> settings) {
  Grid {
    settings = List.copyOf(settings);
  }

  /// nginx at shares of the capacity.
  ///
  /// @param capacity intents a second at 1x
  static Grid nginx(double capacity) {
    return new Grid(
        Arrays.stream(new double[] {0.7, 0.85, 1, 1.2, 1.5})
            .<Way>mapToObj(share -> new NginxWay(share * capacity))
            .toList());
  }

  static Grid haproxy() {
    List<Way> settings = new ArrayList<>();
    for (int most : new int[] {32, 48, 64}) {
      for (int millis : new int[] {500, 1_500}) {
        settings.add(new HaproxyWay(most, Duration.ofMillis(millis)));
      }
    }
    return new Grid(settings);
  }

  /// Forebay where callers do not say how long they wait: what its operator says then.
  static Grid forebay(String model, List<String> tenants) {
    return new Grid(
        IntStream.of(10, 2, 1)
            .<Way>mapToObj(seconds -> new ForebayWay(model, tenants, seconds))
            .toList());
  }

  static Grid only(Way way) {
    return new Grid(List.of(way));
  }

  String name() {
    return settings.getFirst().name();
  }
}
