package dev.forebay.lab.wire;

import static dev.forebay.lab.wire.ScriptedUpstream.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A caller's key is for the gateway, and goes on only where the pool says so.
@Timeout(60)
class ForwardedKeyTest {
  private static final String ASK = "{\"model\":\"m\"}";

  @ParameterizedTest
  @CsvSource({"authorization, Bearer own", "x-api-key, own", "api-key, own"})
  void aKeyGoesOnOnlyWhereThePoolSaysSo(String name, String value) throws Exception {
    try (var upstream = upstream();
        var gateway = new WireGateway("", "", upstream)) {
      gateway.post("/v1/chat/completions", ASK, name, value);
      assertThat(upstream.asked().getFirst().head()).doesNotContain(value);
    }
    try (var upstream = upstream();
        var gateway = new WireGateway(", forwardKey: true", "", upstream)) {
      gateway.post("/v1/chat/completions", ASK, name, value, "cookie", "secret");
      assertThat(upstream.asked().getFirst().head())
          .containsIgnoringCase(name + ": " + value)
          .doesNotContain("secret");
    }
  }

  @Test
  void aPoolHasAKeyOrForwardsThatOfItsCallers() throws Exception {
    try (var upstream = upstream()) {
      assertThatThrownBy(() -> WireGateway.config(", key: own, forwardKey: true", "", upstream))
          .hasMessageContaining("forwardKey must be false for a pool with a key of its own");
    }
  }

  private static ScriptedUpstream upstream() throws Exception {
    return new ScriptedUpstream(_ -> json(200, "{\"choices\":[]}"));
  }
}
