package dev.forebay.lab.bench.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the others are compared with: one worker, nothing held back, connections kept.
public record Nginx() implements Proxy {
  public static final String NAME = "nginx";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> missing() {
    return Programs.missing("nginx", "nginx-light");
  }

  @Override
  public boolean speaks(Wire wire) {
    return true;
  }

  /// Before 1.25 a port without TLS speaks either HTTP/1.1 or HTTP/2.
  @Override
  public int port(Front front, Wire wire) {
    return wire == Wire.HTTP2 ? front.http2Port() : front.port();
  }

  @Override
  public List<String> command(Front front) throws IOException {
    Path config = front.folder().resolve("nginx.conf");
    Files.writeString(
        config,
        """
        worker_processes 1;
        daemon off;
        pid nginx.pid;
        error_log stderr error;
        worker_rlimit_nofile %d;
        events { worker_connections %d; }
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          keepalive_requests 1000000000;
          upstream engine {
            server 127.0.0.1:%d;
            keepalive 512;
            keepalive_requests 1000000000;
          }
          server {
            %s
            location / {
              proxy_pass http://engine;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_buffering off;
              proxy_read_timeout 600s;
            }
          }
        }
        """
            .formatted(
                2 * front.connections() + 768,
                2 * front.connections() + 512,
                front.upstream(),
                listen(front)));
    return List.of(
        Programs.find("nginx").orElseThrow().toString(),
        "-p",
        front.folder() + "/",
        "-c",
        config.toString());
  }

  private static String listen(Front front) {
    Certificate certificate = front.certificate();
    String plain = "127.0.0.1:%d backlog=4096".formatted(front.port());
    return certificate == null
        ? "listen %s; listen 127.0.0.1:%d http2;".formatted(plain, front.http2Port())
        : "listen %s ssl; ssl_certificate %s; ssl_certificate_key %s; ssl_protocols TLSv1.3;"
            .formatted(plain, certificate.chain(), certificate.key());
  }
}
