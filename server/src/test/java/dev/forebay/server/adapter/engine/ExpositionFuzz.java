package dev.forebay.server.adapter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forebay.gpu.Telemetry;
import dev.forebay.server.adapter.engine.KnownEngines.Page;
import dev.forebay.server.fuzz.Laws;
import java.util.Optional;

/// What must hold for whatever an engine answers where its metrics should be: it is read or left
/// alone, never throws; a broken line takes none of its neighbours along; and what a page says does
/// not depend on what other pages of the same engine could say beside it.
public final class ExpositionFuzz {
  private static final KnownEngines ENGINES = KnownEngines.load();

  private ExpositionFuzz() {}

  /// Checks one input, a page.
  public static void fuzzerTestOneInput(byte[] data) {
    LlamaSlots.slots(data, 1, 2);
    LlamaSlots.props(data, 1, 2);
    Optional<Page> page = ENGINES.read(data, 1, 2);
    Laws.same(page, ENGINES.read(data, 1, 2));
    String text = new String(data, UTF_8);
    if (text.stripLeading().startsWith("\"")) {
      return;
    }
    Exposition whole = Exposition.read(data, _ -> true);
    Laws.holds(whole.broken() <= text.length(), "more lines broken than there are");
    String between = "\nvllm:num_requests_running ERROR - FAILED TO CONVERT TO STRING\n";
    Telemetry alone = page.map(Page::telemetry).orElse(Telemetry.unknown(1, 2));
    Telemetry beside =
        ENGINES
            .read((between + text + between).getBytes(UTF_8), 1, 2)
            .map(Page::telemetry)
            .orElse(Telemetry.unknown(1, 2));
    Laws.same(alone, beside);
  }
}
