package dev.forebay.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The official client accepts what the engine says.
class OpenAiClientTest {

  private final Watcher watcher = new Watcher();
  private final FakeEngine engine =
      FakeEngine.start(
          EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1)
              .withModels("m")
              .withTimeScale(200),
          watcher);
  private final OpenAIClient client =
      OpenAIOkHttpClient.builder()
          .baseUrl("http://127.0.0.1:" + engine.port() + "/v1")
          .apiKey("none")
          .putHeader("x-request-id", "r1")
          .build();

  @AfterEach
  void stop() {
    client.close();
    engine.close();
  }

  @Test
  void readsAChatStreamToTheSameTextTheEngineSent() {
    var params =
        ChatCompletionCreateParams.builder()
            .model("m")
            .addUserMessage("Hello 你好")
            .maxCompletionTokens(60)
            .build();
    var accumulator = ChatCompletionAccumulator.create();
    try (var stream = client.chat().completions().createStreaming(params)) {
      stream.stream().forEach(accumulator::accumulate);
    }
    var choice = accumulator.chatCompletion().choices().getFirst();
    assertThat(choice.message().content()).contains(watcher.text("r1"));
    assertThat(client.chat().completions().create(params).choices().getFirst().message().content())
        .isEqualTo(choice.message().content());
  }

  @Test
  void readsResponsesAndEmbeddings() {
    var response =
        client
            .responses()
            .create(
                ResponseCreateParams.builder().model("m").input("Hi").maxOutputTokens(20).build());
    assertThat(response.output().getFirst().asMessage().content().getFirst().asOutputText().text())
        .isEqualTo(watcher.text("r1"));
    var embedding =
        client.embeddings().create(EmbeddingCreateParams.builder().model("m").input("Hi").build());
    assertThat(embedding.data().getFirst().embedding()).hasSize(Embeddings.DIMENSIONS);
  }
}
