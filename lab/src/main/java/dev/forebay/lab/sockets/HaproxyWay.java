package dev.forebay.lab.sockets;

import dev.forebay.lab.bench.Ports;
import dev.forebay.lab.bench.proxy.Haproxy;
import dev.forebay.lab.bench.proxy.Programs;
import dev.forebay.lab.rival.FixedLimit;
import dev.forebay.lab.simulator.Contender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// HAProxy with `maxconn` for the engine and `timeout queue` for those who wait; who has left waits
/// no more.
///
/// @param most calls under way
/// @param longest wait
record HaproxyWay(int most, Duration longest) implements Way {
  @Override
  public String name() {
    return "HAProxy maxconn";
  }

  @Override
  public String setting() {
    return new FixedLimit(most, longest).setting();
  }

  @Override
  public Optional<String> missing() {
    return new Haproxy().missing();
  }

  @Override
  public Optional<Contender> simulated() {
    return Optional.of(new FixedLimit(most, longest));
  }

  @Override
  public Front start(Path folder, int engine) throws IOException, InterruptedException {
    int port = Ports.free();
    Path config = folder.resolve("haproxy.cfg");
    Files.writeString(
        config,
        """
        global
          nbthread 1
          maxconn 8192
        defaults
          mode http
          timeout connect 5s
          timeout client 600s
          timeout server 600s
          timeout queue %dms
          option http-no-delay
          option abortonclose
          http-reuse always
        frontend callers
          bind 127.0.0.1:%d
          default_backend engine
        backend engine
          server one 127.0.0.1:%d maxconn %d
        """
            .formatted(longest.toMillis(), port, engine, most));
    return Front.start(
        folder,
        List.of(
            Programs.find("haproxy").orElseThrow().toString(),
            "-db",
            "-q",
            "-f",
            config.toString()),
        port,
        Map.of());
  }
}
