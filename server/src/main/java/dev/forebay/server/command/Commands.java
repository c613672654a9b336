package dev.forebay.server.command;

import dev.forebay.server.config.ConfigException;
import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.ConfigSchema;
import dev.forebay.server.config.GatewayConfig;
import dev.forebay.server.setting.Address;
import dev.forebay.server.setting.Version;
import dev.forebay.server.upstream.discovery.Discovery;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.UnmatchedArgumentException;

/// Every command of the process.
@Command(
    name = "forebay",
    description = "A gateway that keeps LLM services answering.",
    subcommands = KeyCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "demo, test, dist and lab are run by the launcher: ./forebay demo",
      "forebay COMMAND --help tells more of one."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or valid",
      "64:the command line cannot be understood",
      "66:the file that was named cannot be read",
      "69:the gateway could not start, for instance because its port is taken",
      "70:something broke that should not",
      "78:the configuration has errors, which are listed",
      "143:stopped by SIGTERM, after draining"
    })
public final class Commands {
  /// Their arguments are the launcher's affair.
  private static final Set<String> LAUNCHED = Set.of("demo", "test", "dist", "lab");

  private final ServeCommand serve;
  private final ConfigLoader loader;
  private final PrintWriter out;

  private Commands(ServeCommand serve, ConfigLoader loader, PrintWriter out) {
    this.serve = serve;
    this.loader = loader;
    this.out = out;
  }

  /// Does what a command line says.
  ///
  /// @param starter starts the gateway for `serve`
  /// @return what the process shall exit with
  public static int run(Starter starter, PrintWriter out, PrintWriter err, String... arguments) {
    return run(
        starter,
        new ConfigLoader(),
        new Discovery(),
        ServeCommand::untilSignal,
        Path.of(""),
        out,
        err,
        arguments);
  }

  static int run(
      Starter starter,
      ConfigLoader loader,
      Discovery discovery,
      ServeCommand.Lifetime lifetime,
      Path folder,
      PrintWriter out,
      PrintWriter err,
      String... arguments) {
    var serve = new ServeCommand(starter, loader, discovery, lifetime, folder, out, err);
    ServeLine line = ServeLine.of(arguments);
    if (line == null) {
      return line(serve, loader, out, err).execute(arguments);
    }
    try {
      return serve.run(line.config(), line.listen(), false);
    } catch (Exception e) {
      return broken(e, err);
    }
  }

  private static CommandLine line(
      ServeCommand serve, ConfigLoader loader, PrintWriter out, PrintWriter err) {
    var line = new CommandLine(new Commands(serve, loader, out));
    line.registerConverter(Address.class, Commands::address);
    line.setOut(out).setErr(err).setUsageHelpAutoWidth(true);
    line.getCommandSpec().versionProvider(() -> new String[] {versionText()});
    line.setParameterExceptionHandler((e, _) -> misunderstood(e, err));
    line.setExecutionExceptionHandler((e, _, _) -> broken(e, err));
    line.getSubcommands()
        .forEach((name, command) -> command.setUnmatchedArgumentsAllowed(LAUNCHED.contains(name)));
    return line;
  }

  @Command(
      name = "serve",
      description = "Run the gateway.",
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Without --config it reads forebay.yaml where it was started. Without that file it looks"
            + " for engines on this machine (vLLM 8000, SGLang 30000, llama.cpp 8080, Ollama"
            + " 11434) and serves what it finds."
      })
  int serve(
      @Option(
              names = {"-c", "--config"},
              paramLabel = "FILE",
              description = "the configuration to run with")
          @Nullable Path config,
      @Option(
              names = {"-l", "--listen"},
              paramLabel = "ADDR",
              description = "where callers connect, in place of http.listen, like 0.0.0.0:8020")
          @Nullable Address listen,
      @Option(
              names = "--allow-hosted",
              description =
                  "without a configuration: also use DeepSeek, OpenAI and Anthropic where the"
                      + " environment has their *_API_KEY")
          boolean allowHosted)
      throws IOException, InterruptedException {
    return serve.run(config, listen, allowHosted);
  }

  @Command(
      name = "check",
      description = "Say whether a configuration is valid, and what it amounts to.",
      mixinStandardHelpOptions = true,
      footer = {"", "Exits 0 if it is, 78 with the list of errors if not, 66 without the file."})
  int check(@Parameters(paramLabel = "FILE", description = "a forebay.yaml") Path file)
      throws IOException {
    GatewayConfig config = loader.load(file);
    out.println(file + " is valid");
    Summary.of(config).forEach(out::println);
    return Exit.OK;
  }

  @Command(
      name = "config",
      description = "Print every key of forebay.yaml with its default and what it means.",
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "A start:        forebay config > forebay.yaml",
        "For an editor:  forebay config --schema > forebay.schema.json",
        "and as first line of forebay.yaml:",
        "# yaml-language-server: $$schema=forebay.schema.json"
      })
  int config(
      @Option(names = "--schema", description = "print the JSON Schema for editors instead")
          boolean schema) {
    out.println(schema ? ConfigSchema.print() : loader.reference().stripTrailing());
    return Exit.OK;
  }

  @Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
  int version() throws IOException {
    out.println(versionText());
    return Exit.OK;
  }

  @Command(name = "demo", description = "Show the gateway at work (./forebay demo).")
  int demo() {
    return byTheLauncher("demo");
  }

  @Command(name = "test", description = "Run everything the project promises (./forebay test).")
  int test() {
    return byTheLauncher("test");
  }

  @Command(name = "dist", description = "Make the archive for machines without Java.")
  int dist() {
    return byTheLauncher("dist");
  }

  @Command(name = "lab", description = "Simulate, load and break it (./forebay lab).")
  int lab() {
    return byTheLauncher("lab");
  }

  private int byTheLauncher(String command) {
    out.println(command + " is not in this jar; run it by the launcher: ./forebay " + command);
    return Exit.USAGE;
  }

  private static Address address(String text) {
    try {
      return Address.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
    }
  }

  private static int misunderstood(CommandLine.ParameterException e, PrintWriter err) {
    err.println(e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println(
        e.getCommandLine().getCommandSpec().qualifiedName() + " --help tells what there is");
    return Exit.USAGE;
  }

  private static int broken(Exception e, PrintWriter err) {
    return switch (e) {
      case ConfigException refused -> {
        err.println(refused.getMessage());
        yield Exit.CONFIG;
      }
      case NoSuchFileException missing -> {
        err.println(missing.getFile() + " does not exist");
        yield Exit.NO_FILE;
      }
      case IOException unreadable -> {
        err.println("Cannot be read: " + unreadable.getMessage());
        yield Exit.NO_FILE;
      }
      default -> {
        e.printStackTrace(err);
        yield Exit.BROKEN;
      }
    };
  }

  private static String versionText() {
    return "forebay %s (Java %s, %s %s)"
        .formatted(
            Version.current(),
            Runtime.version().feature(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }
}
