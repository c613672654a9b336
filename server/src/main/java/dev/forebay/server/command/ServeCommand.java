package dev.forebay.server.command;

import dev.forebay.server.config.ConfigFile;
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
import java.util.function.UnaryOperator;
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
    UnaryOperator<GatewayConfig> commandLine =
        read -> listen == null ? read : read.listeningOn(listen);
    ConfigFile chosen = chosen(file, commandLine);
    GatewayConfig config =
        chosen == null ? commandLine.apply(discovered(allowHosted)) : read(chosen, allowHosted);
    config.warnings().forEach(warning -> err.println("warning: " + warning));
    AutoCloseable gateway;
    try {
      gateway = starter.start(config, chosen);
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

  private @Nullable ConfigFile chosen(
      @Nullable Path file, UnaryOperator<GatewayConfig> commandLine) {
    Path usual = folder.resolve("forebay.yaml");
    Path chosen = file == null && Files.exists(usual) ? usual : file;
    return chosen == null ? null : new ConfigFile(chosen, loader, commandLine);
  }

  private GatewayConfig read(ConfigFile chosen, boolean allowHosted) throws IOException {
    if (allowHosted) {
      err.println("warning: --allow-hosted says nothing beside a configuration: " + chosen.path());
    }
    GatewayConfig config = chosen.load();
    out.println("Configuration: " + chosen.path());
    Summary.of(config).stream().filter(line -> !line.startsWith("warning")).forEach(out::println);
    return config;
  }

  private GatewayConfig discovered(boolean allowHosted) throws IOException, InterruptedException {
    out.println("No configuration: looking for engines on this machine.");
    out.flush();
    Discovered found = discovery.look(allowHosted);
    found.report().forEach(out::println);
    return loader.parse(found.yaml(), "what was found", folder);
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.toString() : message;
  }

  /// Until SIGTERM or ctrl-c; the process then ends when the gateway is drained.
  static void untilSignal(AutoCloseable gateway) throws InterruptedException {
    Thread drain =
        Thread.ofPlatform()
            .name("drain")
            .unstarted(() -> {
              System.out.println("Told to stop: takes no new calls and lets those under way end.");
              try {
                gateway.close();
                System.out.println("Stopped.");
              } catch (Exception e) {
                System.err.println("Did not stop cleanly: " + e);
              }
            });
    try {
      Runtime.getRuntime().addShutdownHook(drain);
    } catch (IllegalStateException e) {
      // Told to stop just now: the process ends by itself, and no call has come yet.
      return;
    }
    new CountDownLatch(1).await();
  }
}
