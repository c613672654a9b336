package dev.forebay.server.adapter.engine;

import dev.forebay.gpu.Telemetry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Understands the metrics page of whatever engine it comes from. Safe for all threads.
public final class KnownEngines {
  private final List<KnownEngine> engines;
  private final Set<String> names = new HashSet<>();

  private KnownEngines(List<KnownEngine> engines) {
    this.engines = engines;
    for (KnownEngine engine : engines) {
      engine.figures().values().forEach(figure -> names.addAll(figure.names()));
    }
  }

  /// Those that are known from the start.
  public static KnownEngines load() {
    return new KnownEngines(List.of(DataFile.read("engines.yaml", KnownEngine[].class)));
  }

  /// What a page says.
  ///
  /// @param engine whose it is, by its name in `engines.yaml`
  /// @param broken lines of the page that break its format
  public record Page(String engine, Telemetry telemetry, int broken) {}

  /// Reads a page as the engine of whose figures most are there.
  ///
  /// @param asked when it was asked for, on the loops' clock, nanoseconds
  /// @param answered when it was there
  /// @return what it says; empty if it is of none of these engines
  public Optional<Page> read(byte[] body, long asked, long answered) {
    Exposition page = Exposition.read(body, names::contains);
    String whose = "";
    Map<Figure, Double> most = Map.of();
    for (KnownEngine engine : engines) {
      Map<Figure, Double> found = engine.read(page);
      if (found.size() > most.size()) {
        whose = engine.name();
        most = found;
      }
    }
    Telemetry telemetry = KnownEngine.telemetry(most, asked, answered);
    return telemetry.isEmpty()
        ? Optional.empty()
        : Optional.of(new Page(whose, telemetry, page.broken()));
  }
}
