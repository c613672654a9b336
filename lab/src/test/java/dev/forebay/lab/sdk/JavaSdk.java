package dev.forebay.lab.sdk;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A Java client as the scenarios use it. Its methods throw what the client throws.
interface JavaSdk extends AutoCloseable {
  /// The tool of every ask that has one; it takes a string `city`.
  String TOOL = "get_weather";

  /// How a client is set up.
  ///
  /// @param baseUrl as the client wants it
  /// @param retries the client's own default where empty
  record Options(URI baseUrl, Duration timeout, OptionalInt retries, Map<String, String> headers) {}

  /// What is asked for.
  ///
  /// @param endless to go on to the last token, whatever the model says
  record Ask(String model, String prompt, int maxTokens, boolean endless) {}

  /// What was answered.
  ///
  /// @param pieces in which the text came
  /// @param ended `stop` or `length`; empty if the client has not been told
  record Said(String text, int pieces, String ended, long inputTokens, long outputTokens) {}

  /// A function that the model wants called.
  ///
  /// @param arguments as JSON
  record ToolCall(String id, String name, String arguments, boolean ended) {}

  /// An error of the client's own type, taken apart.
  ///
  /// @param status null if no server answered
  /// @param requestId null if there was none or if the client does not tell
  record Refusal(
      String type,
      @Nullable Integer status,
      @Nullable String code,
      String message,
      @Nullable String requestId) {}

  Said plain(Ask ask);

  /// A streamed answer.
  ///
  /// @param goOn is given each piece of text and says whether to stay
  Said stream(Ask ask, Predicate<String> goOn);

  ToolCall tool(Ask ask);

  ToolCall toolStream(Ask ask);

  List<String> models();

  List<List<Float>> embed(String model, List<String> texts);

  /// Takes the client's own type of error apart, and throws whatever else it is given.
  Refusal refusal(RuntimeException error);

  /// Whether the client's errors tell the headers of an answer.
  boolean tellsHeaders();

  @Override
  void close();
}
