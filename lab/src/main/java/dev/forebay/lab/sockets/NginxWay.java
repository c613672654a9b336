package dev.forebay.lab.sockets;

import dev.forebay.lab.bench.Ports;
import dev.forebay.lab.bench.proxy.Nginx;
import dev.forebay.lab.bench.proxy.Programs;
import dev.forebay.lab.rival.RateLimit;
import dev.forebay.lab.simulator.Contender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// nginx with `limit_req` and `nodelay`: so many calls a second, and a second's worth of them at
/// once.
///
/// @param rate calls a second
record NginxWay(double rate) implements Way {
  @Override
  public String name() {
    return "nginx limit_req";
  }

  @Override
  public String setting() {
    return String.format(Locale.ROOT, "%.1f/s", rate);
  }

  @Override
  public Optional<String> missing() {
    return new Nginx().missing();
  }

  @Override
  public Optional<Contender> simulated() {
    return Optional.of(new RateLimit(rate));
  }

  @Override
  public Front start(Path folder, int engine) throws IOException, InterruptedException {
    int port = Ports.free();
    Path config = folder.resolve("nginx.conf");
    // limit_req knows whole numbers only, so the rate is told by the minute.
    Files.writeString(
        config,
        """
        worker_processes 1;
        daemon off;
        pid nginx.pid;
        error_log stderr crit;
        worker_rlimit_nofile 16384;
        events { worker_connections 8192; }
        http {
          access_log off;
          client_body_temp_path body;
          client_body_buffer_size 128k;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          keepalive_requests 1000000;
          limit_req_zone all zone=callers:32k rate=%dr/m;
          limit_req_status 429;
          upstream engine { server 127.0.0.1:%d; keepalive 512; }
          server {
            listen 127.0.0.1:%d backlog=4096;
            location / {
              limit_req zone=callers burst=%d nodelay;
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
                Math.max(1, Math.round(60 * rate)), engine, port, Math.max(1, Math.round(rate))));
    return Front.start(
        folder,
        List.of(
            Programs.find("nginx").orElseThrow().toString(),
            "-p",
            folder + "/",
            "-c",
            config.toString()),
        port,
        Map.of());
  }
}
