package dev.forebay.lab.terminal;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Where a command was typed: there it says how it goes on, and which of its options are wrong.
/// Mixed into a command.
@Command // or picocli does not take it for a mixin
@SuppressWarnings("NullAway.Init") // picocli fills the field
public final class Terminal {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  public void say(String text) {
    var writer = command.commandLine().getOut();
    writer.println(text);
    writer.flush();
  }

  /// The command, as it was typed.
  public String typed() {
    return "./forebay lab "
        + String.join(" ", command.commandLine().getParseResult().originalArgs());
  }

  /// Refuses the command line unless the option is within these bounds.
  public void within(String option, int value, int least, int most) {
    require(
        value >= least && value <= most,
        "%s must be >= %d and <= %d, was %d".formatted(option, least, most, value));
  }

  /// Refuses the command line unless that is met.
  public void require(boolean met, String otherwise) {
    if (!met) {
      throw wrong(otherwise);
    }
  }

  /// What refuses the command line.
  public ParameterException wrong(String why) {
    return new ParameterException(command.commandLine(), why);
  }
}
