package dev.forebay.lab.goodput;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// Adds to the help what each policy does and what each column tells, in their own words.
final class Explained implements IModelTransformer {

  @Override
  public CommandSpec transform(CommandSpec command) {
    UsageMessageSpec usage = command.usageMessage();
    add(usage, "Policies:", policies());
    add(usage, "Columns:", Tables.shown());
    add(usage, "And of --report and --json:", Tables.reported());
    return command;
  }

  private static void add(UsageMessageSpec usage, String heading, Map<String, String> words) {
    Map<String, String> escaped = new LinkedHashMap<>();
    words.forEach((word, meaning) -> escaped.put(escaped(word), escaped(meaning)));
    usage
        .sectionMap()
        .put(heading, help -> "%n%s%n%s".formatted(heading, help.createTextTable(escaped)));
    List<String> keys = new ArrayList<>(usage.sectionKeys());
    keys.add(keys.indexOf(UsageMessageSpec.SECTION_KEY_FOOTER_HEADING), heading);
    usage.sectionKeys(keys);
  }

  /// picocli formats what it writes.
  private static String escaped(String text) {
    return text.replace("%", "%%");
  }

  private static Map<String, String> policies() {
    Map<String, String> policies = new LinkedHashMap<>();
    for (Entrant entrant : Entrants.all(1)) {
      policies.put(entrant.name(), entrant.about());
    }
    return policies;
  }
}
