package dev.forebay.server.adapter.engine;

import dev.forebay.gpu.Telemetry;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What llama.cpp's server tells besides its metrics, which it often is started without: `/slots`,
/// each of which computes one sequence at a time, and `/props`.
public final class LlamaSlots {
  private static final int MOST_SLOTS = 65_536;

  private LlamaSlots() {}

  /// Reads an answer of `/slots`: how many slots there are, how many are at work, and the tokens
  /// that they hold together.
  ///
  /// @return empty if it is none
  public static Optional<Telemetry> slots(byte[] body, long asked, long answered) {
    JsonNode slots = json(body);
    if (!slots.isArray() || slots.isEmpty() || slots.size() > MOST_SLOTS) {
      return Optional.empty();
    }
    long busy = 0;
    long tokens = 0;
    boolean knowBusy = true;
    boolean knowTokens = true;
    for (JsonNode slot : slots) {
      JsonNode works = slot.path("is_processing");
      JsonNode state = slot.path("state"); // of old builds; 0 is idle
      busy += works.asBoolean(false) || state.asInt(0) != 0 ? 1 : 0;
      knowBusy &= works.isBoolean() || state.isInt();
      long context = slot.path("n_ctx").asLong(0);
      knowTokens &= isContext(context);
      tokens += context;
    }
    if (!knowBusy) {
      return Optional.empty();
    }
    return Optional.of(
        sized(asked, answered, tokens, knowTokens, slots.size(), OptionalLong.of(busy)));
  }

  /// Reads an answer of `/props`: how many slots there are, and the tokens that they hold together.
  ///
  /// @return empty if it is none
  public static Optional<Telemetry> props(byte[] body, long asked, long answered) {
    JsonNode props = json(body);
    long slots = props.path("total_slots").asLong(0);
    if (slots < 1 || slots > MOST_SLOTS) {
      return Optional.empty();
    }
    long context = props.path("default_generation_settings").path("n_ctx").asLong(0);
    boolean known = isContext(context);
    return Optional.of(
        sized(asked, answered, known ? slots * context : 0, known, slots, OptionalLong.empty()));
  }

  private static boolean isContext(long tokens) {
    return tokens > 0 && tokens <= Integer.MAX_VALUE;
  }

  private static Telemetry sized(
      long asked, long answered, long tokens, boolean known, long slots, OptionalLong running) {
    OptionalLong none = OptionalLong.empty();
    return new Telemetry(
        asked,
        answered,
        OptionalDouble.empty(),
        known ? OptionalLong.of(tokens) : none,
        running,
        none,
        OptionalLong.of(slots),
        none,
        none,
        none,
        none);
  }

  private static JsonNode json(byte[] body) {
    try {
      return JsonMapper.shared().readTree(body);
    } catch (JacksonException e) {
      return JsonMapper.shared().missingNode();
    }
  }
}
