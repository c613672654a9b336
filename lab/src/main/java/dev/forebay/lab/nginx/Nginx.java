package dev.forebay.lab.nginx;

import dev.forebay.lab.bench.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real nginx on loopback, with a location and a zone for each trace: `/0`, `/1` and so on.
final class Nginx implements AutoCloseable {
  private final Process process;
  private final Path folder;
  private final InetSocketAddress address;

  private Nginx(Process process, Path folder, InetSocketAddress address) {
    this.process = process;
    this.folder = folder;
    this.address = address;
  }

  /// @throws IOException if there is no nginx, or it does not start
  static Nginx start(List<Trace> traces) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("forebay-nginx");
    int port = Ports.free();
    Path file = folder.resolve("nginx.conf");
    Files.writeString(file, configuration(folder, port, traces));
    Process process =
        new ProcessBuilder("nginx", "-p", folder.toString(), "-c", file.toString(), "-e", "stderr")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    var nginx = new Nginx(process, folder, address);
    for (int i = 0; i < 100; i++) {
      try {
        nginx.connect().close();
        return nginx;
      } catch (IOException notYet) {
        if (!process.isAlive()) {
          break;
        }
        Thread.sleep(50);
      }
    }
    String output = Files.readString(folder.resolve("output"));
    nginx.close();
    throw new IOException("nginx does not start: " + output.strip());
  }

  /// `return` would answer before `limit_req` is asked; `empty_gif` answers after it.
  private static String configuration(Path folder, int port, List<Trace> traces) {
    var zones = new StringBuilder();
    var locations = new StringBuilder();
    for (int i = 0; i < traces.size(); i++) {
      Trace trace = traces.get(i);
      zones.append(
          "  limit_req_zone all zone=z%d:32k rate=%dr/s;%n".formatted(i, trace.perSecond()));
      locations.append(
          "    location = /%d { limit_req zone=z%d%s; empty_gif; }%n"
              .formatted(i, i, trace.nginx()));
    }
    return """
    daemon off;
    worker_processes 1;
    pid %1$s/pid;
    error_log /dev/null crit;
    events { worker_connections 8192; }
    worker_rlimit_nofile 10000;
    http {
      access_log off;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      keepalive_requests 1000000;
      limit_req_status 429;
      add_header x-msec $msec always;
      add_header x-held $request_time always;
    %2$s
      server {
        listen 127.0.0.1:%3$d;
    %4$s
      }
    }
    """
        .formatted(folder, zones, port, locations);
  }

  Socket connect() throws IOException {
    var socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(10_000);
    socket.connect(address, 1_000);
    return socket;
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
