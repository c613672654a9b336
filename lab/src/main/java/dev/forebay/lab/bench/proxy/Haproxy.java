package dev.forebay.lab.bench.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A second opinion on what a proxy must cost: one thread, connections kept.
public record Haproxy() implements Proxy {
  @Override
  public String name() {
    return "HAProxy";
  }

  @Override
  public Optional<String> missing() {
    return Programs.missing("haproxy", "haproxy");
  }

  @Override
  public boolean speaks(Wire wire) {
    return true;
  }

  @Override
  public int port(Front front, Wire wire) {
    return wire == Wire.HTTP2 ? front.http2Port() : front.port();
  }

  @Override
  public List<String> command(Front front) throws IOException {
    Path config = front.folder().resolve("haproxy.cfg");
    Files.writeString(
        config,
        """
        global
          nbthread 1
          maxconn %d
        defaults
          mode http
          timeout connect 5s
          timeout client 600s
          timeout server 600s
          option http-no-delay
          http-reuse always
        frontend callers
          %s
          default_backend engine
        backend engine
          server one 127.0.0.1:%d
        """
            .formatted(front.connections() + 128, bind(front), front.upstream()));
    return List.of(
        Programs.find("haproxy").orElseThrow().toString(), "-db", "-q", "-f", config.toString());
  }

  private static String bind(Front front) {
    Certificate certificate = front.certificate();
    return certificate == null
        ? "bind 127.0.0.1:%d%n  bind 127.0.0.1:%d proto h2"
            .formatted(front.port(), front.http2Port())
        : "bind 127.0.0.1:%d ssl crt %s ssl-min-ver TLSv1.3"
            .formatted(front.port(), certificate.both());
  }
}
