package dev.forebay.lab;

import dev.forebay.lab.addresses.AddressesCommand;
import dev.forebay.lab.bench.BenchCommand;
import dev.forebay.lab.chaos.CancelCommand;
import dev.forebay.lab.chaos.DrainCommand;
import dev.forebay.lab.chaos.FailoverCommand;
import dev.forebay.lab.chaos.IntegrityCommand;
import dev.forebay.lab.chaos.ReloadCommand;
import dev.forebay.lab.demo.DemoCommand;
import dev.forebay.lab.engine.EngineCommand;
import dev.forebay.lab.engine.ReplayerCommand;
import dev.forebay.lab.engine.llama.LlamaCommand;
import dev.forebay.lab.goodput.FairnessCommand;
import dev.forebay.lab.goodput.GoodputCommand;
import dev.forebay.lab.hostile.HostileCommand;
import dev.forebay.lab.load.LoadCommand;
import dev.forebay.lab.nginx.NginxCommand;
import dev.forebay.lab.outage.OutageCommand;
import dev.forebay.lab.pick.PickCommand;
import dev.forebay.lab.sockets.FirstTokenCommand;
import dev.forebay.lab.sockets.SocketsCommand;
import dev.forebay.lab.start.ArchiveCommand;
import dev.forebay.lab.start.StartCommand;
import dev.forebay.lab.start.TrainCommand;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The lab's process: everything that measures the gateway or stands in for what is around it.
@Command(
    name = "lab",
    description = "Engines to put the gateway in front of, and load to put on it.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    subcommands = {
      EngineCommand.class,
      ReplayerCommand.class,
      LlamaCommand.class,
      LoadCommand.class,
      DemoCommand.class,
      IntegrityCommand.class,
      FailoverCommand.class,
      OutageCommand.class,
      CancelCommand.class,
      DrainCommand.class,
      HostileCommand.class,
      ReloadCommand.class,
      BenchCommand.class,
      AddressesCommand.class,
      GoodputCommand.class,
      SocketsCommand.class,
      FirstTokenCommand.class,
      FairnessCommand.class,
      PickCommand.class,
      NginxCommand.class,
      StartCommand.class,
      ArchiveCommand.class,
      TrainCommand.class
    },
    footer = {"", "./forebay lab COMMAND --help tells more of one."},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:something broke that should not",
      "2:the command line cannot be understood",
      "3:void run: the load generator was too slow, or nothing answered",
      "69:an address is taken, or a file cannot be read"
    })
public final class Lab {
  private Lab() {}

  public static void main(String[] arguments) {
    if (arguments.length > 0 && arguments[0].equals("demo")) {
      System.setProperty("logback.configurationFile", "dev/forebay/lab/demo/quiet.xml");
    }
    // What a command started ends with it, also when it is interrupted.
    Runtime.getRuntime().addShutdownHook(new Thread(Lab::endChildren));
    System.exit(commands().execute(arguments));
  }

  static CommandLine commands() {
    var line =
        new CommandLine(new Lab())
            .setOut(new PrintWriter(System.out, true, System.out.charset()))
            .setErr(new PrintWriter(System.err, true, System.err.charset()))
            .setUsageHelpAutoWidth(true);
    return line.setParameterExceptionHandler((e, _) -> misunderstood(e, line.getErr()))
        .setExecutionExceptionHandler((e, _, _) -> broke(e, line.getErr()));
  }

  /// In two lines: some commands have a long help.
  private static int misunderstood(ParameterException e, PrintWriter err) {
    err.println(e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println(
        "./forebay %s --help tells what there is"
            .formatted(e.getCommandLine().getCommandSpec().qualifiedName()));
    return CommandLine.ExitCode.USAGE;
  }

  private static void endChildren() {
    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
  }

  private static int broke(Exception e, PrintWriter err) {
    if (e instanceof IOException) {
      err.println("lab: " + e.getMessage());
      return DemoCommand.UNAVAILABLE;
    }
    e.printStackTrace(err);
    return CommandLine.ExitCode.SOFTWARE;
  }
}
