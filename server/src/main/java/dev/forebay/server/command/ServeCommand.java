package dev.forebay.server.command;

import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.GatewayConfig;
import dev.forebay.server.setting.Address;
import dev.forebay.server.upstream.discovery.Discovered;
import dev.forebay.server.upstream.discovery.Discovery;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Runs the gateway until the process is told to stop.
final class ServeCommand {

  /// Waits as long as the gateway is wanted, then closes it.
  @FunctionalInterface
  interface Lifetime {
    void of(AutoCloseable gateway) throws InterruptedException;
  }

  private final Starter starter;
  private final ConfigLoader loader;
  private final Discovery discovery;
  private final Lifetime lifetime;
  private final Path folder;
  private final PrintWriter out;
  private final PrintWriter err;

  /// @param folder where a `forebay.yaml` is looked for when none is named
  ServeCommand(
      Starter starter,
      ConfigLoader loader,
      Discovery discovery,
      Lifetime lifetime,
      Path folder,
      PrintWriter out,
      PrintWriter err) {
    this.starter = starter;
    this.loader = loader;
    this.discovery = discovery;
    this.lifetime = lifetime;
    this.folder = folder;
    this.out = out;
    this.err = err;
  }

  int run(@Nullable Path file, @Nullable Address listen, boolean allowHosted)
      throws IOException, InterruptedException {
    GatewayConfig config = configuration(file, allowHosted);
    if (listen != null) {
      config = config.listeningOn(listen);
    }
    config.warnings().forEach(warning -> err.println("warning: " + warning));
    AutoCloseable gateway;
    try {
      gateway = starter.start(config);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      err.println("Could not start: " + reason(e));
      return Exit.NOT_STARTED;
    }
    out.flush();
    err.flush();
    lifetime.of(gateway);
    return Exit.OK;
  }

  private GatewayConfig configuration(@Nullable Path file, boolean allowHosted)
      throws IOException, InterruptedException {
    Path usual = folder.resolve("forebay.yaml");
    Path chosen = file == null && Files.exists(usual) ? usual : file;
    if (chosen != null) {
      if (allowHosted) {
        err.println("warning: --allow-hosted says nothing beside a configuration: " + chosen);
      }
      GatewayConfig config = loader.load(chosen);
      out.println("Configuration: " + chosen);
      Summary.of(config).stream().filter(line -> !line.startsWith("warning")).forEach(out::println);
      return config;
    }
    out.println("No configuration: looking for engines on this machine.");
    out.flush();
    Discovered found = discovery.look(allowHosted);
    found.report().forEach(out::println);
    GatewayConfig config = loader.parse(found.yaml(), "what was found", folder);
    return config;
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.toString() : message;
  }

  /// Until SIGTERM or ctrl-c; the process then ends when the gateway is drained.
  static void untilSignal(AutoCloseable gateway) throws InterruptedException {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("drain")
                .unstarted(() -> {
                  try {
                    gateway.close();
                  } catch (Exception e) {
                    System.err.println("Did not stop cleanly: " + e);
                  }
                }));
    new CountDownLatch(1).await();
  }
}
