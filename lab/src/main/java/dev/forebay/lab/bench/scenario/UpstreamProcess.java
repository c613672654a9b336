package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.engine.Replayer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// The process that answers behind a proxy: says its port, then to every line it is told how late
/// its chunks were since the last, the 99th percentile in milliseconds. Ends with its standard
/// input.
public final class UpstreamProcess {
  private UpstreamProcess() {}

  public static void main(String[] arguments) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (var replayer = Replayer.start(Scenario.valueOf(arguments[0]).upstream())) {
      System.out.println(replayer.port());
      while (in.readLine() != null) {
        System.out.println(replayer.lateness().getValueAtPercentile(99) / 1e6);
      }
    }
    System.exit(0);
  }
}
