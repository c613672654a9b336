package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.pipeline.Operation;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What was really sent to OpenAI's API in March 2025, and what came back: the recordings of
/// aliok/FauxpenAI-spec, Apache-2.0.
class RecordingsTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static List<JsonNode> recordings(String file) throws IOException {
    String data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "FOREBAY_DATA is not set: the recordings are not tried");
    Path path = Path.of(data, "openai_api", file);
    assumeTrue(Files.exists(path), path + " does not exist: the recordings are not tried");
    List<JsonNode> recordings = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(path)), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        recordings.add(JSON.readTree(line));
      }
    }
    return recordings;
  }

  @Test
  void whatOpenAiTookIsTakenAndWhatIsRefusedItRefused() throws Exception {
    int read = 0;
    int refused = 0;
    for (JsonNode recording : recordings("recorded_chatcompletions_a.jsonl.gz")) {
      byte[] body = JSON.writeValueAsBytes(recording.get("request"));
      try {
        Scanned scanned = RequestScanner.scan(Operation.CHAT, Unpooled.wrappedBuffer(body));
        assertThat(scanned.request().model())
            .isEqualTo(recording.get("request").get("model").asString());
        read++;
      } catch (InvalidBody e) {
        assertThat(recording.get("status").asInt()).as(e.getMessage()).isGreaterThanOrEqualTo(400);
        refused++;
      }
    }
    System.out.println("recorded chat requests: " + read + " read, " + refused + " refused");
    assertThat(read).isGreaterThan(10 * refused);
  }

  @Test
  void whatOpenAiTookToEmbedIsTaken() throws Exception {
    for (JsonNode recording : recordings("recorded_embeddings_a.jsonl.gz")) {
      byte[] body = JSON.writeValueAsBytes(recording.get("request"));
      byte[] answer = JSON.writeValueAsBytes(recording.get("body"));
      Heard heard = Heard.of(Operation.EMBEDDINGS, false, answer);
      if (recording.get("status").asInt() == 200) {
        RequestScanner.scan(Operation.EMBEDDINGS, Unpooled.wrappedBuffer(body));
        assertThat(heard).matches(h -> h.content() && h.finished() && !h.failed() && !h.broken());
        assertThat(heard.promptTokens()).isEqualTo(1);
      } else {
        assertThat(heard).matches(h -> h.failed() && !h.content());
      }
    }
  }

  @Test
  void everyAnswerIsUnderstood() throws Exception {
    for (JsonNode recording : recordings("recorded_chatcompletions_a.jsonl.gz")) {
      JsonNode body = recording.get("body");
      if (body.isArray()) {
        understoodAsStream(body);
      } else if (recording.get("status").asInt() == 200) {
        understoodAsPlain(body);
      } else {
        Heard heard = Heard.of(Operation.CHAT, false, JSON.writeValueAsBytes(body));
        assertThat(heard).matches(h -> h.failed() && !h.content() && !h.broken() && !h.finished());
        String message = body.get("error").get("message").asString();
        assertThat(heard.errorMessage()).isNotBlank().hasSizeLessThanOrEqualTo(200);
        assertThat(message.replaceAll("[\\n\\r\\t]", " ")).startsWith(heard.errorMessage());
      }
    }
  }

  private static void understoodAsPlain(JsonNode body) {
    Heard heard = Heard.of(Operation.CHAT, false, JSON.writeValueAsBytes(body));
    assertThat(heard)
        .as(body.toString())
        .matches(h -> h.started() && h.finished() && !h.failed() && !h.broken() && !h.starved());
    assertThat(heard.content()).isEqualTo(hasContent(body, "message"));
    JsonNode usage = body.get("usage");
    assertThat(heard.promptTokens()).isEqualTo(usage.get("prompt_tokens").asLong());
    long completion = usage.get("completion_tokens").asLong();
    assertThat(heard.completionTokens()).isEqualTo(completion);
  }

  private static void understoodAsStream(JsonNode chunks) {
    StringBuilder stream = new StringBuilder();
    int deltas = 0;
    boolean finished = false;
    long completion = 0;
    for (JsonNode chunk : chunks) {
      stream.append("data: ").append(JSON.writeValueAsString(chunk)).append("\n\n");
      deltas += hasContent(chunk, "delta") ? 1 : 0;
      finished |= choices(chunk).stream().anyMatch(c -> !c.path("finish_reason").isNull());
      completion = Math.max(completion, chunk.path("usage").path("completion_tokens").asLong(0));
    }
    stream.append("data: [DONE]\n\n");
    Heard heard = Heard.of(Operation.CHAT, true, stream.toString().getBytes(UTF_8));
    assertThat(heard).matches(h -> h.done() && h.betweenEvents() && !h.failed() && !h.broken());
    assertThat(heard.deltas()).isEqualTo(deltas);
    assertThat(heard.content()).isEqualTo(deltas > 0);
    assertThat(heard.finished()).isEqualTo(finished);
    assertThat(heard.completionTokens()).isEqualTo(completion > 0 ? completion : deltas);
  }

  private static List<JsonNode> choices(JsonNode chunk) {
    return StreamSupport.stream(chunk.path("choices").spliterator(), false).toList();
  }

  private static boolean hasContent(JsonNode body, String member) {
    return choices(body).stream()
        .map(choice -> choice.path(member))
        .anyMatch(part ->
            !part.path("content").asString("").isEmpty()
                || !part.path("refusal").asString("").isEmpty()
                || part.path("function_call").isObject()
                || part.path("audio").isObject()
                || !part.path("tool_calls").isEmpty());
  }
}
