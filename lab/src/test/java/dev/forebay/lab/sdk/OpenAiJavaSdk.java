package dev.forebay.lab.sdk;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The Maven artifact `openai-java`.
final class OpenAiJavaSdk implements JavaSdk {
  private final OpenAIClient client;

  OpenAiJavaSdk(Options options) {
    OpenAIOkHttpClient.Builder builder =
        OpenAIOkHttpClient.builder()
            .baseUrl(options.baseUrl().toString())
            .apiKey(System.getenv().getOrDefault("PROVIDER_KEY", "none"))
            .timeout(options.timeout());
    options.retries().ifPresent(builder::maxRetries);
    options.headers().forEach(builder::putHeader);
    client = builder.build();
  }

  @Override
  public Said plain(Ask ask) {
    return said(client.chat().completions().create(params(ask).build()), 1);
  }

  @Override
  public Said stream(Ask ask, Predicate<String> goOn) {
    ChatCompletionStreamOptions usage =
        ChatCompletionStreamOptions.builder().includeUsage(true).build();
    ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
    int pieces = 0;
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(params(ask).streamOptions(usage).build())) {
      Iterator<ChatCompletionChunk> each = stream.stream().iterator();
      while (each.hasNext()) {
        ChatCompletionChunk chunk = each.next();
        whole.accumulate(chunk);
        String text = text(chunk);
        if (!text.isEmpty()) {
          pieces++;
          if (!goOn.test(text)) {
            return new Said(text, pieces, "", 0, 0);
          }
        }
      }
    }
    return said(whole.chatCompletion(), pieces);
  }

  @Override
  public ToolCall tool(Ask ask) {
    return toolCall(client.chat().completions().create(withTool(ask)));
  }

  // The client's own accumulator puts the call together.
  @Override
  public ToolCall toolStream(Ask ask) {
    ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(withTool(ask))) {
      stream.stream().forEach(whole::accumulate);
    }
    return toolCall(whole.chatCompletion());
  }

  @Override
  public List<String> models() {
    return client.models().list().data().stream().map(Model::id).toList();
  }

  @Override
  public List<List<Float>> embed(String model, List<String> texts) {
    EmbeddingCreateParams params =
        EmbeddingCreateParams.builder().model(model).inputOfArrayOfStrings(texts).build();
    return client.embeddings().create(params).data().stream().map(Embedding::embedding).toList();
  }

  @Override
  public Refusal refusal(RuntimeException error) {
    return switch (error) {
      case OpenAIServiceException e ->
          new Refusal(
              e.getClass().getSimpleName(),
              e.statusCode(),
              e.code().orElse(null),
              String.valueOf(e.getMessage()),
              e.headers().values("x-request-id").stream().findFirst().orElse(null));
      case OpenAIException e ->
          new Refusal(
              e.getClass().getSimpleName(), null, null, e.getMessage() + ": " + e.getCause(), null);
      default -> throw error;
    };
  }

  @Override
  public boolean tellsHeaders() {
    return true;
  }

  @Override
  public void close() {
    client.close();
  }

  private static ChatCompletionCreateParams.Builder params(Ask ask) {
    ChatCompletionCreateParams.Builder params =
        ChatCompletionCreateParams.builder()
            .model(ask.model())
            .addUserMessage(ask.prompt())
            .putAdditionalBodyProperty("max_tokens", JsonValue.from(ask.maxTokens()));
    return ask.endless()
        ? params.putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
        : params;
  }

  private static ChatCompletionCreateParams withTool(Ask ask) {
    FunctionParameters parameters =
        FunctionParameters.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty(
                "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
            .putAdditionalProperty("required", JsonValue.from(List.of("city")))
            .build();
    return params(ask)
        .addFunctionTool(FunctionDefinition.builder().name(TOOL).parameters(parameters).build())
        .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
        .build();
  }

  private static String text(ChatCompletionChunk chunk) {
    return chunk.choices().isEmpty() ? "" : chunk.choices().getFirst().delta().content().orElse("");
  }

  private static Said said(ChatCompletion answer, int pieces) {
    ChatCompletion.Choice choice = answer.choices().getFirst();
    CompletionUsage usage = answer.usage().orElseThrow();
    return new Said(
        choice.message().content().orElse(""),
        pieces,
        choice.finishReason().toString(),
        usage.promptTokens(),
        usage.completionTokens());
  }

  private static ToolCall toolCall(ChatCompletion answer) {
    ChatCompletion.Choice choice = answer.choices().getFirst();
    ChatCompletionMessageFunctionToolCall call =
        choice.message().toolCalls().orElseThrow().getFirst().asFunction();
    return new ToolCall(
        call.id(),
        call.function().name(),
        call.function().arguments(),
        choice.finishReason().equals(ChatCompletion.Choice.FinishReason.TOOL_CALLS));
  }
}
