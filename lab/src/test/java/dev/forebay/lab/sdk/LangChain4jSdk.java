package dev.forebay.lab.sdk;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The Maven artifact `langchain4j-open-ai`.
final class LangChain4jSdk implements JavaSdk {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Options options;
  private final String url;
  private final String key = System.getenv().getOrDefault("PROVIDER_KEY", "none");

  LangChain4jSdk(Options options) {
    this.options = options;
    this.url = options.baseUrl().toString();
  }

  @Override
  public Said plain(Ask ask) {
    return said(chat().chat(request(ask).build()), 1);
  }

  @Override
  public Said stream(Ask ask, Predicate<String> goOn) {
    Listener listener = new Listener(goOn);
    streaming().chat(request(ask).build(), listener);
    ChatResponse whole = listener.await();
    return whole == null ? new Said("", listener.pieces, "", 0, 0) : said(whole, listener.pieces);
  }

  @Override
  public ToolCall tool(Ask ask) {
    return toolCall(chat().chat(withTool(ask)));
  }

  @Override
  public ToolCall toolStream(Ask ask) {
    Listener listener = new Listener(_ -> true);
    streaming().chat(withTool(ask), listener);
    ChatResponse whole = listener.await();
    if (whole == null) {
      throw new AssertionError("the stream has no end");
    }
    return toolCall(whole);
  }

  @Override
  public List<String> models() {
    return OpenAiModelCatalog.builder().baseUrl(url).apiKey(key).build().listModels().stream()
        .map(ModelDescription::name)
        .toList();
  }

  @Override
  public List<List<Float>> embed(String model, List<String> texts) {
    OpenAiEmbeddingModel embeddings =
        OpenAiEmbeddingModel.builder().baseUrl(url).apiKey(key).modelName(model).build();
    List<TextSegment> segments = texts.stream().map(TextSegment::from).toList();
    return embeddings.embedAll(segments).content().stream().map(it -> it.vectorAsList()).toList();
  }

  // Status and body are told only by an exception among the causes, headers not at all. An error
  // within a stream is a plain exception whose message is the server's object.
  @Override
  public Refusal refusal(RuntimeException error) {
    String message = String.valueOf(error.getMessage());
    String code = code(message);
    if (!(error instanceof LangChain4jException) && code == null) {
      throw error;
    }
    Integer status = null;
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpException http) {
        status = http.statusCode();
      }
    }
    return new Refusal(error.getClass().getSimpleName(), status, code, message, null);
  }

  private static @Nullable String code(String body) {
    try {
      JsonNode code = JSON.readTree(body).path("error").path("code");
      return code.isString() ? code.asString() : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  @Override
  public boolean tellsHeaders() {
    return false;
  }

  @Override
  public void close() {}

  private OpenAiChatModel chat() {
    OpenAiChatModel.OpenAiChatModelBuilder builder =
        OpenAiChatModel.builder()
            .baseUrl(url)
            .apiKey(key)
            .timeout(options.timeout())
            .customHeaders(options.headers());
    options.retries().ifPresent(builder::maxRetries);
    return builder.build();
  }

  private OpenAiStreamingChatModel streaming() {
    return OpenAiStreamingChatModel.builder()
        .baseUrl(url)
        .apiKey(key)
        .timeout(options.timeout())
        .customHeaders(options.headers())
        .build();
  }

  private static ChatRequest.Builder request(Ask ask) {
    OpenAiChatRequestParameters.Builder parameters =
        OpenAiChatRequestParameters.builder().modelName(ask.model());
    parameters.maxOutputTokens(ask.maxTokens());
    if (ask.endless()) {
      parameters.customParameters(Map.of("ignore_eos", true));
    }
    return ChatRequest.builder()
        .messages(UserMessage.from(ask.prompt()))
        .parameters(parameters.build());
  }

  private static ChatRequest withTool(Ask ask) {
    OpenAiChatRequestParameters.Builder parameters =
        OpenAiChatRequestParameters.builder().modelName(ask.model());
    parameters
        .maxOutputTokens(ask.maxTokens())
        .toolSpecifications(
            ToolSpecification.builder()
                .name(TOOL)
                .parameters(
                    JsonObjectSchema.builder().addStringProperty("city").required("city").build())
                .build())
        .toolChoice(ToolChoice.REQUIRED);
    return ChatRequest.builder()
        .messages(UserMessage.from(ask.prompt()))
        .parameters(parameters.build())
        .build();
  }

  private static Said said(ChatResponse answer, int pieces) {
    FinishReason reason = answer.finishReason();
    String text = answer.aiMessage().text();
    TokenUsage usage = answer.tokenUsage();
    return new Said(
        text == null ? "" : text,
        pieces,
        reason == null ? "" : reason.name().toLowerCase(Locale.ROOT),
        usage == null ? 0 : usage.inputTokenCount(),
        usage == null ? 0 : usage.outputTokenCount());
  }

  private static ToolCall toolCall(ChatResponse answer) {
    ToolExecutionRequest call = answer.aiMessage().toolExecutionRequests().getFirst();
    return new ToolCall(
        call.id(),
        call.name(),
        call.arguments(),
        answer.finishReason() == FinishReason.TOOL_EXECUTION);
  }

  /// Collects a stream on the client's thread.
  private static final class Listener implements StreamingChatResponseHandler {
    private final Predicate<String> goOn;
    private final CompletableFuture<@Nullable ChatResponse> end = new CompletableFuture<>();
    private volatile int pieces;

    Listener(Predicate<String> goOn) {
      this.goOn = goOn;
    }

    /// What came, or null if the stream was left.
    @Nullable ChatResponse await() {
      try {
        return end.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread of the client writes
    public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
      pieces++;
      if (!goOn.test(part.text())) {
        context.streamingHandle().cancel();
        end.complete(null);
      }
    }

    @Override
    public void onCompleteResponse(ChatResponse whole) {
      end.complete(whole);
    }

    @Override
    public void onError(Throwable error) {
      end.completeExceptionally(error);
    }
  }
}
