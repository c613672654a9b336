package dev.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.client.FirstContent.Content;
import dev.forebay.client.FirstContent.Failed;
import dev.forebay.client.FirstContent.Nothing;
import dev.forebay.client.FirstContent.Starved;
import org.junit.jupiter.api.Test;

class FirstContentTest {
  @Test
  void textReasoningRefusalsToolCallsAndAudioAreContent() {
    for (String delta :
        new String[] {
          "{\"content\":\"a\"}",
          "{\"role\":\"assistant\",\"content\":\" \"}",
          "{\"reasoning_content\":\"a\"}",
          "{\"reasoning\":\"a\"}",
          "{\"refusal\":\"a\"}",
          "{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\"}}]}",
          "{\"function_call\":{\"name\":\"f\"}}",
          "{\"audio\":{\"id\":\"1\"}}",
          "{\"something_new\":1}",
        }) {
      assertThat(chunk(delta)).as(delta).isInstanceOf(Content.class);
    }
    assertThat(of("{\"choices\":[{\"text\":\"a\"}]}")).isInstanceOf(Content.class);
    assertThat(of("{\"choices\":[{\"delta\":{}},{\"index\":1,\"delta\":{\"content\":\"a\"}}]}"))
        .isInstanceOf(Content.class);
  }

  @Test
  void rolesEmptyStringsUsageAndSignsOfLifeAreNone() {
    for (String delta :
        new String[] {
          "{}",
          "{\"role\":\"assistant\"}",
          "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}",
          "{\"reasoning_content\":null,\"tool_calls\":[],\"audio\":{}}",
        }) {
      assertThat(chunk(delta)).as(delta).isInstanceOf(Nothing.class);
    }
    assertThat(of("{\"choices\":[],\"usage\":{\"total_tokens\":1}}")).isInstanceOf(Nothing.class);
    assertThat(of("")).isInstanceOf(Nothing.class);
    assertThat(of("{\"type\":\"ping\"}")).isInstanceOf(Nothing.class);
  }

  @Test
  void aModelThatFinishesWithoutAWordHasAnswered() {
    assertThat(of("{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}"))
        .isInstanceOf(Content.class);
  }

  @Test
  void anEngineWithoutRoomHasNot() {
    assertThat(
            of("{\"choices\":[{\"delta\":{},\"finish_reason\":\"insufficient_system_resource\"}]}"))
        .isInstanceOf(Starved.class);
    assertThat(of("[DONE]")).isInstanceOf(Starved.class);
  }

  @Test
  void errorsAreSeenInEveryShape() {
    assertThat(of("{\"error\":{\"code\":\"c\",\"type\":\"t\",\"message\":\"m\"}}"))
        .isEqualTo(new Failed(new ErrorBody("c", "t", "m")));
    assertThat(of("{\"error\":{\"code\":500,\"type\":null}}"))
        .isEqualTo(new Failed(ErrorBody.NONE));
    assertThat(of("{\"error\":\"words\"}")).isEqualTo(new Failed(new ErrorBody("", "", "words")));
    assertThat(
            FirstContent.of(
                new ServerSentEvent(
                    "error", "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}")))
        .isEqualTo(new Failed(new ErrorBody("", "overloaded_error", "")));
    assertThat(of("{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"c\"}}}"))
        .isEqualTo(new Failed(new ErrorBody("c", "", "")));
    assertThat(FirstContent.of(new ServerSentEvent("error", "words")))
        .isEqualTo(new Failed(ErrorBody.NONE));
    assertThat(of("{\"error\":null,\"choices\":[]}")).isInstanceOf(Nothing.class);
  }

  @Test
  void responsesAndMessagesBeginWithoutContent() {
    for (String none :
        new String[] {
          "{\"type\":\"response.created\",\"response\":{\"error\":null}}",
          "{\"type\":\"response.in_progress\"}",
          "{\"type\":\"response.output_item.added\",\"item\":{\"type\":\"message\"}}",
          "{\"type\":\"message_start\",\"message\":{}}",
          "{\"type\":\"content_block_start\",\"content_block\":{\"type\":\"text\",\"text\":\"\"}}",
        }) {
      assertThat(of(none)).as(none).isInstanceOf(Nothing.class);
    }
    for (String content :
        new String[] {
          "{\"type\":\"response.output_text.delta\",\"delta\":\"a\"}",
          "{\"type\":\"response.output_item.added\",\"item\":{\"type\":\"function_call\"}}",
          "{\"type\":\"content_block_start\",\"content_block\":{\"type\":\"tool_use\"}}",
          "{\"type\":\"content_block_delta\",\"delta\":{\"text\":\"a\"}}",
        }) {
      assertThat(of(content)).as(content).isInstanceOf(Content.class);
    }
  }

  @Test
  void whatIsNotUnderstoodCountsAsContent() {
    for (String unknown : new String[] {"hello", "{\"a\":", "[1]", "{\"a\":1}", "7"}) {
      assertThat(of(unknown)).as(unknown).isInstanceOf(Content.class);
    }
  }

  private static FirstContent chunk(String delta) {
    return of("{\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":null}]}");
  }

  private static FirstContent of(String data) {
    return FirstContent.of(new ServerSentEvent("", data));
  }
}
