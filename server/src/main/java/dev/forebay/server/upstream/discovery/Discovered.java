package dev.forebay.server.upstream.discovery;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// What was found, as a configuration and in words.
public final class Discovered {

  /// Engines that list the same models.
  private record Group(List<String> models, List<Engine> engines) {}

  private final Map<String, Group> pools = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final List<Hosted> hosted;
  private final boolean allowHosted;
  private final List<URI> addresses;

  Discovered(List<Engine> engines, List<Hosted> hosted, boolean allowHosted, List<URI> addresses) {
    this.hosted = List.copyOf(hosted);
    this.allowHosted = allowHosted;
    this.addresses = List.copyOf(addresses);
    engines.forEach(this::place);
  }

  /// An engine joins the pool that lists the same models. Where only some are the same, those stay
  /// with the pool that came first, as every replica of a pool must serve all its models.
  private void place(Engine engine) {
    Set<String> listed = new HashSet<>(engine.models());
    var taken = new HashSet<String>();
    for (Group pool : pools.values()) {
      if (!listed.isEmpty() && listed.equals(new HashSet<>(pool.models()))) {
        pool.engines().add(engine);
        return;
      }
      taken.addAll(pool.models());
    }
    List<String> models = engine.models().stream().filter(each -> !taken.contains(each)).toList();
    if (models.isEmpty() && !listed.isEmpty()) {
      notes.add("%s is left out: its models are served by others".formatted(engine.url()));
      return;
    }
    if (models.size() < listed.size()) {
      listed.retainAll(taken);
      notes.add(
          "%s is not used for %s, which another serves"
              .formatted(engine.url(), listed.stream().sorted().collect(Collectors.joining(", "))));
    }
    String name = engine.kind();
    for (int i = 2; pools.containsKey(name); i++) {
      name = engine.kind() + "-" + i;
    }
    pools.put(name, new Group(models, new ArrayList<>(List.of(engine))));
  }

  /// A configuration to lay over the reference, or to save and go on from. Keys stand in it as
  /// `${NAME}`, never themselves.
  public String yaml() {
    var lines = new ArrayList<String>();
    pools.forEach((name, pool) -> {
      lines.add("  " + name + ":");
      lines.add(
          pool.models().stream()
              .map(Discovered::quoted)
              .collect(Collectors.joining(", ", "    models: [", "]")));
      lines.add(
          pool.engines().stream()
              .map(engine -> quoted(engine.url().toString()))
              .collect(Collectors.joining(", ", "    replicas: [", "]")));
    });
    if (allowHosted) {
      for (Hosted provider : hosted) {
        lines.add("  " + provider.pool() + ":");
        lines.add("    speaks: " + provider.speaks().name().toLowerCase(Locale.ROOT));
        lines.add("    replicas: [" + quoted(provider.url().toString()) + "]");
        lines.add("    key: ${" + provider.variable() + "}");
      }
    }
    return lines.isEmpty() ? "pools: {}\n" : "pools:\n" + String.join("\n", lines) + "\n";
  }

  /// A string of JSON is one of YAML; and what an engine calls its models is not a placeholder.
  private static String quoted(String text) {
    return JsonMapper.shared().writeValueAsString(text.replace("${", "$${"));
  }

  /// What was found and what to do next, as short lines for the operator.
  public List<String> report() {
    var lines = new ArrayList<String>();
    pools.forEach((name, pool) ->
        lines.add(
            "  %-10s %s  %s"
                .formatted(
                    name,
                    pool.engines().stream()
                        .map(engine -> engine.url().getAuthority())
                        .collect(Collectors.joining(" ")),
                    models(pool.models()))));
    if (allowHosted) {
      for (Hosted provider : hosted) {
        lines.add("  %-10s %s".formatted(provider.pool(), provider.url().getHost()));
      }
    }
    lines.addFirst(lines.isEmpty() ? "No engine found on this machine." : "Found:");
    notes.forEach(note -> lines.add("  " + note));
    if (pools.isEmpty()) {
      lines.add(
          "  Looked at "
              + addresses.stream().map(URI::getAuthority).collect(Collectors.joining(", "))
              + ".");
      lines.add(
          "  Start an engine there, then this again (engines are looked for once), or name yours in a file:");
      lines.add("  ./forebay config > forebay.yaml, then ./forebay serve --config forebay.yaml");
    }
    if (!allowHosted && !hosted.isEmpty()) {
      lines.add(
          "  Seen but not used: %s. To send calls there, which costs money: --allow-hosted"
              .formatted(hosted.stream().map(Hosted::variable).collect(Collectors.joining(", "))));
    }
    return lines;
  }

  private static String models(List<String> models) {
    if (models.isEmpty()) {
      return "(lists no model yet)";
    }
    String first =
        models.stream().limit(5).map(Discovered::shown).collect(Collectors.joining(", "));
    return models.size() > 5 ? first + " and " + (models.size() - 5) + " more" : first;
  }

  /// An engine could put control characters of a terminal into a name.
  private static String shown(String model) {
    return model.replaceAll("\\p{Cntrl}", "?");
  }
}
