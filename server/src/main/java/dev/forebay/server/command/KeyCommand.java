package dev.forebay.server.command;

import dev.forebay.server.http.NewKey;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Makes keys for callers.
@Command(
    name = "key",
    description = "Make keys for callers (forebay key new).",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class KeyCommand {
  @Spec private @Nullable CommandSpec spec;

  @Command(
      name = "new",
      description = "Make a key and print it, once, with its line for the configuration.",
      mixinStandardHelpOptions = true,
      footer = {"", "Nothing is stored: the key cannot be shown again."})
  int create(
      @Option(
              names = "--tenant",
              paramLabel = "NAME",
              required = true,
              description = "who pays for its calls, as in limits.tenants")
          String tenant,
      @Option(
              names = "--id",
              paramLabel = "ID",
              defaultValue = "",
              description = "what it is called; the tenant and some digits if left out")
          String id) {
    CommandLine line = java.util.Objects.requireNonNull(spec).commandLine();
    NewKey made;
    try {
      made = NewKey.make(tenant, id, new SecureRandom());
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(line, String.valueOf(e.getMessage()), e);
    }
    line.getOut().println("For the caller, shown only now:");
    line.getOut().println("  " + made.key());
    line.getOut().println("For forebay.yaml:");
    line.getOut().println("  keys:");
    line.getOut().println("    " + made.line());
    return Exit.OK;
  }
}
