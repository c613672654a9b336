package dev.forebay.lab.sdk;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
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
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.ObjectMapper;

/// The Maven artifact `openai-java`. It does not retry: a scenario shows what the server says.
public final class OpenAiJavaSdk {
  private static final String PROMPT = "Once upon a time, there was a little";
  private static final String TOOL = "get_weather";

  private final OpenAIClient client;
  private final String model;

  private OpenAiJavaSdk(OpenAIClient client, String model) {
    this.client = client;
    this.model = model;
  }

  /// Does the scenarios to a server, all of them if none is named.
  ///
  /// @param baseUrl as the client wants it: ends in `/v1`
  public static List<Verdict> run(URI baseUrl, String model, Scenario... scenarios) {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(baseUrl.toString())
            .apiKey(System.getenv().getOrDefault("OPENAI_API_KEY", "none"))
            .maxRetries(0)
            .timeout(Duration.ofSeconds(20))
            .build();
    try {
      OpenAiJavaSdk sdk = new OpenAiJavaSdk(client, model);
      return Stream.of(scenarios.length > 0 ? scenarios : Scenario.values())
          .map(sdk::judge)
          .toList();
    } finally {
      client.close();
    }
  }

  // A failing check and whatever the client throws are both the verdict.
  private Verdict judge(Scenario scenario) {
    try {
      return new Verdict(scenario, true, act(scenario));
    } catch (RuntimeException | AssertionError e) {
      return new Verdict(scenario, false, e.toString());
    }
  }

  private String act(Scenario scenario) {
    return switch (scenario) {
      case PLAIN -> plain();
      case STREAM -> stream();
      case TOOL -> toolCall(client.chat().completions().create(withTool()));
      case TOOL_STREAM -> toolCall(accumulate(withTool()));
      case ERROR -> error();
      case CANCEL -> cancel();
    };
  }

  private String plain() {
    ChatCompletion answer = client.chat().completions().create(story(16).build());
    check(!answer.choices().getFirst().message().content().orElse("").isEmpty(), "no content");
    checkUsage(answer.usage());
    return finishReason(answer);
  }

  private String stream() {
    ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
    ChatCompletionStreamOptions usage =
        ChatCompletionStreamOptions.builder().includeUsage(true).build();
    long deltas;
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(story(16).streamOptions(usage).build())) {
      deltas = stream.stream().peek(whole::accumulate).filter(OpenAiJavaSdk::hasContent).count();
    }
    check(deltas > 1, "the answer came in " + deltas + " pieces");
    checkUsage(whole.chatCompletion().usage());
    return deltas + " deltas, " + finishReason(whole.chatCompletion());
  }

  private ChatCompletion accumulate(ChatCompletionCreateParams asked) {
    ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(asked)) {
      stream.stream().forEach(whole::accumulate);
    }
    return whole.chatCompletion();
  }

  private static String toolCall(ChatCompletion answer) {
    ChatCompletion.Choice choice = answer.choices().getFirst();
    check(
        choice.finishReason().equals(ChatCompletion.Choice.FinishReason.TOOL_CALLS),
        "finish_reason " + choice.finishReason());
    ChatCompletionMessageFunctionToolCall call =
        choice.message().toolCalls().orElseThrow().getFirst().asFunction();
    check(!call.id().isEmpty(), "the tool call has no id");
    check(call.function().name().equals(TOOL), "it calls " + call.function().name());
    String arguments = call.function().arguments();
    check(new ObjectMapper().readTree(arguments).isObject(), "arguments " + arguments);
    return call.function().name() + "(" + arguments + ")";
  }

  private String error() {
    try {
      client.chat().completions().create(story(16).model("no-such-model").build());
    } catch (NotFoundException e) {
      check(e.code().isPresent(), "the error has no code");
      String message = String.valueOf(e.getMessage());
      check(message.contains("no-such-model"), "the message does not name the model: " + message);
      return e.code().orElseThrow() + ": " + message;
    }
    throw new AssertionError("an unknown model was answered");
  }

  private String cancel() {
    ChatCompletionCreateParams asked =
        story(2000).putAdditionalBodyProperty("ignore_eos", JsonValue.from(true)).build();
    int chunks = 0;
    long left;
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(asked)) {
      Iterator<ChatCompletionChunk> each = stream.stream().iterator();
      boolean content = false;
      while (!content) {
        check(each.hasNext(), "no content to cancel after");
        ChatCompletionChunk chunk = each.next();
        chunks++;
        content = hasContent(chunk);
      }
      left = System.nanoTime();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - left);
    check(took.toMillis() < 2000, "closing the stream took " + took);
    return "left after " + chunks + " chunks";
  }

  private ChatCompletionCreateParams.Builder story(int maxTokens) {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .addUserMessage(PROMPT)
        .putAdditionalBodyProperty("max_tokens", JsonValue.from(maxTokens));
  }

  private ChatCompletionCreateParams withTool() {
    FunctionParameters parameters =
        FunctionParameters.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty(
                "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
            .putAdditionalProperty("required", JsonValue.from(List.of("city")))
            .build();
    return story(64)
        .addFunctionTool(FunctionDefinition.builder().name(TOOL).parameters(parameters).build())
        .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
        .build();
  }

  private static boolean hasContent(ChatCompletionChunk chunk) {
    return chunk.choices().stream()
        .anyMatch(choice -> !choice.delta().content().orElse("").isEmpty());
  }

  private static String finishReason(ChatCompletion answer) {
    String reason = answer.choices().getFirst().finishReason().toString();
    check(reason.equals("stop") || reason.equals("length"), "finish_reason " + reason);
    return reason;
  }

  private static void checkUsage(Optional<CompletionUsage> usage) {
    check(usage.isPresent(), "no usage");
    CompletionUsage said = usage.orElseThrow();
    check(said.promptTokens() > 0 && said.completionTokens() > 0, "usage " + said);
    check(
        said.totalTokens() == said.promptTokens() + said.completionTokens(),
        "usage does not add up: " + said);
  }

  private static void check(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }
}
