package dev.forebay.server.adapter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.gpu.Telemetry;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LlamaSlotsTest {

  @Test
  void countsSlotsAndWhatTheyHold() {
    Telemetry shown =
        slots(
                """
                [{"id": 0, "n_ctx": 4096, "is_processing": true},
                 {"id": 1, "n_ctx": 4096, "is_processing": false}]
                """)
            .orElseThrow();
    assertThat(shown.maxNumSeqs()).hasValue(2);
    assertThat(shown.running()).hasValue(1);
    assertThat(shown.kvCapacityTokens()).hasValue(8192);
    assertThat(shown.waiting()).isEmpty();
    assertThat(shown.kvUsage()).isEmpty();
  }

  @Test
  void understandsOldBuilds() {
    Telemetry shown = slots("[{\"id\": 0, \"state\": 1}, {\"id\": 1, \"state\": 0}]").orElseThrow();
    assertThat(shown.running()).hasValue(1);
    assertThat(shown.kvCapacityTokens()).isEmpty();
  }

  @Test
  void whatIsNoListOfSlotsSaysNothing() {
    assertThat(slots("{\"error\": {\"code\": 501}}")).isEmpty();
    assertThat(slots("[]")).isEmpty();
    assertThat(slots("[1, 2]")).isEmpty();
    assertThat(slots("not json")).isEmpty();
    assertThat(slots("")).isEmpty();
  }

  @Test
  void propertiesTellTheSize() {
    Telemetry shown =
        LlamaSlots.props(
                "{\"total_slots\": 4, \"default_generation_settings\": {\"n_ctx\": 512}}"
                    .getBytes(UTF_8),
                1,
                2)
            .orElseThrow();
    assertThat(shown.maxNumSeqs()).hasValue(4);
    assertThat(shown.kvCapacityTokens()).hasValue(2048);
    assertThat(shown.running()).isEmpty();
    assertThat(LlamaSlots.props("{}".getBytes(UTF_8), 1, 2)).isEmpty();
  }

  private static Optional<Telemetry> slots(String json) {
    return LlamaSlots.slots(json.getBytes(UTF_8), 1, 2);
  }
}
