package dev.forebay.lab.outage;

import dev.forebay.lab.bench.Ports;
import dev.forebay.lab.bench.proxy.Programs;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What stands between clients and engines.
sealed interface Way extends AutoCloseable {
  /// The kinds there are.
  enum Kind {
    FOREBAY,
    NGINX,
    DIRECT
  }

  /// Where clients are sent.
  int port();

  /// Tries of engines that an answer cost.
  int upstream(HttpHeaders answer);

  @Override
  void close() throws IOException;

  /// Starts one in front of engines on these ports.
  static Way start(Kind kind, List<Integer> engines) throws IOException, InterruptedException {
    return switch (kind) {
      case FOREBAY -> Forebay.start(engines);
      case NGINX -> Nginx.start(engines);
      case DIRECT -> new Direct(engines.getFirst());
    };
  }

  /// The gateway in this process as it is without configuration.
  record Forebay(Gateway gateway) implements Way {
    static Forebay start(List<Integer> engines) throws IOException, InterruptedException {
      String replicas =
          engines.stream()
              .map("\"http://127.0.0.1:%d\""::formatted)
              .collect(Collectors.joining(","));
      String yaml =
          """
          http: {listen: "127.0.0.1:0", drain: 2s}
          admin: {listen: "127.0.0.1:0"}
          log: {access: false, performance: false}
          pools: {lab: {models: [lab], replicas: [%s]}}
          """
              .formatted(replicas);
      return new Forebay(Gateway.start(new ConfigLoader().parse(yaml, "the lab", Path.of("."))));
    }

    @Override
    public int port() {
      return gateway.port();
    }

    @Override
    public int upstream(HttpHeaders answer) {
      return answer.firstValue("x-forebay-attempts").map(Integer::parseInt).orElse(0);
    }

    @Override
    public void close() {
      gateway.close();
    }
  }

  /// nginx told to try elsewhere whatever can be tried elsewhere, as its users tell it.
  record Nginx(Process process, Path folder, int port) implements Way {
    static Nginx start(List<Integer> engines) throws IOException, InterruptedException {
      Path folder = Files.createTempDirectory("forebay-outage");
      int port = Ports.free();
      Path config = folder.resolve("nginx.conf");
      Files.writeString(config, configuration(folder, port, engines));
      Process process =
          new ProcessBuilder(
                  Programs.find("nginx")
                      .orElseThrow(() -> new IOException("nginx is missing"))
                      .toString(),
                  "-p",
                  folder + "/",
                  "-c",
                  config.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output").toFile())
              .start();
      var nginx = new Nginx(process, folder, port);
      for (int i = 0; i < 100 && process.isAlive(); i++) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
          return nginx;
        } catch (IOException notYet) {
          Thread.sleep(50);
        }
      }
      String said = Files.readString(folder.resolve("output"));
      nginx.close();
      throw new IOException("nginx does not start: " + said.strip());
    }

    private static String configuration(Path folder, int port, List<Integer> engines) {
      String servers =
          engines.stream().map("server 127.0.0.1:%d;"::formatted).collect(Collectors.joining(" "));
      return """
      daemon off;
      worker_processes 1;
      pid %1$s/pid;
      error_log /dev/null crit;
      worker_rlimit_nofile 8192;
      events { worker_connections 4096; }
      http {
        access_log off;
        client_body_temp_path %1$s/body;
        proxy_temp_path %1$s/proxy;
        fastcgi_temp_path %1$s/fastcgi;
        uwsgi_temp_path %1$s/uwsgi;
        scgi_temp_path %1$s/scgi;
        keepalive_requests 1000000;
        upstream engines { %2$s keepalive 64; }
        server {
          listen 127.0.0.1:%3$d backlog=4096;
          location / {
            proxy_pass http://engines;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_next_upstream error timeout http_502 http_503 http_504 non_idempotent;
            add_header x-tried $upstream_addr always;
          }
        }
      }
      """
          .formatted(folder, servers, port);
    }

    /// Each try has an address; a call that nginx refuses by itself names the group instead.
    @Override
    public int upstream(HttpHeaders answer) {
      String tried = answer.firstValue("x-tried").orElse("");
      return (int) Stream.of(tried.split(",", -1)).filter(each -> each.contains(":")).count();
    }

    @Override
    public void close() throws IOException {
      process.destroy();
      try {
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  /// Clients that know one engine.
  record Direct(int port) implements Way {
    @Override
    public int upstream(HttpHeaders answer) {
      return 1;
    }

    @Override
    public void close() {}
  }

  /// The address that clients are given.
  default URI baseUrl() {
    return URI.create("http://127.0.0.1:" + port() + "/v1");
  }
}
