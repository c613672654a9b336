package dev.forebay.lab.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerTextTest {
  private final AnswerText answer = new AnswerText();

  @Test
  void contentReasoningAndToolCallsSaySomethingARoleDoesNot() {
    assertThat(says("{'choices':[{'index':0,'delta':{'role':'assistant','content':''}}]}"))
        .isNull();
    assertThat(says("{'choices':[{'delta':{},'finish_reason':'stop'}]}")).isNull();
    assertThat(says("{'choices':[],'usage':{'completion_tokens':3}}")).isNull();
    assertThat(says("{'choices':[{'delta':{'content':'水'},'logprobs':{'content':[]}}]}"))
        .isEqualTo("水");
    assertThat(says("{'choices':[{'delta':{'reasoning_content':'so','content':null}}]}"))
        .isEqualTo("so");
    assertThat(
            says(
                "{'choices':[{'delta':{'tool_calls':[{'id':'c','function':{'name':'f','arguments':'{}'}}]}}]}"))
        .isEqualTo("f{}");
    assertThat(says("{'choices':[{'message':{'content':'whole'}}],'error':null}"))
        .isEqualTo("whole");
    assertThat(says("{'choices':[{'text':'old'}]}")).isEqualTo("old");
  }

  @Test
  void anErrorIsAnError() {
    assertThat(read("{'error':{'message':'no','choices':[1]}}")).isTrue();
    assertThat(answer.error()).isTrue();
    assertThat(answer.content()).isFalse();
  }

  @Test
  void whatIsNotOneObjectIsRefused() {
    assertThat(read("{'choices':[{'delta':{'con")).isFalse();
    assertThat(read("[1]")).isFalse();
    assertThat(read("{} {}")).isFalse();
    assertThat(read("hello")).isFalse();
    assertThat(read("")).isFalse();
  }

  private @org.jspecify.annotations.Nullable String says(String json) {
    assertThat(read(json)).isTrue();
    return answer.content() ? new String(answer.text(), UTF_8) : null;
  }

  private boolean read(String json) {
    var bytes = json.replace('\'', '"').getBytes(UTF_8);
    return answer.read(bytes, bytes.length);
  }
}
