package dev.forebay.lab.engine.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;

class AskTest {
  @Test
  void continuesTheLastUserMessage() throws BadRequest {
    Ask ask =
        chat(
            """
            {"messages": [
              {"role": "system", "content": "You tell stories."},
              {"role": "user", "content": "first"},
              {"role": "assistant", "content": "answer"},
              {"role": "user", "content": [{"type": "text", "text": "sec"}, {"type": "text", "text": "ond"}]}]}
            """);

    assertThat(ask.prompt()).isEqualTo("second");
    assertThat(ask.maxTokens()).isEmpty();
    assertThat(ask.temperature()).isEqualTo(1f);
    assertThat(ask.stream()).isFalse();
  }

  @Test
  void readsTheNewNameOfTheLengthBeforeTheOld() throws BadRequest {
    Ask ask =
        chat(
            """
            {"messages": [{"role": "user", "content": "x"}],
             "max_tokens": 5, "max_completion_tokens": 7, "stop": "end", "stream": true,
             "stream_options": {"include_usage": true}}
            """);

    assertThat(ask.maxTokens()).hasValue(7);
    assertThat(ask.stop()).containsExactly("end");
    assertThat(ask.stream()).isTrue();
    assertThat(ask.usageInStream()).isTrue();
  }

  @Test
  void refusesWhatItCannotContinue() {
    assertThatThrownBy(() -> chat("{\"messages\": [{\"role\": \"system\", \"content\": \"x\"}]}"))
        .hasMessageContaining("last user message");
    assertThatThrownBy(() -> chat("{}")).hasMessageContaining("'messages'");
    assertThatThrownBy(() ->
            chat("{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 0}"))
        .hasMessage("'max_tokens' must be an integer >= 1, was 0.");
  }

  private static Ask chat(String body) throws BadRequest {
    return Ask.chat(new ObjectMapper().readTree(body));
  }
}
