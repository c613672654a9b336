package dev.forebay.pipeline;

import org.jspecify.annotations.Nullable;

/// What decisions need to know of a request, and nothing else; the body itself is forwarded unread.
///
/// @param model what the caller named; empty where a passed-through path names none
/// @param stream whether the caller asked for server-sent events
/// @param includeUsage whether the caller asked for usage in the stream
/// @param maxTokens the most tokens that may be generated per choice; 0 if the caller set no bound
/// @param choices how many answers are asked for, at least 1
/// @param user the end user that the caller named, if any
/// @param cacheKey the caller's prompt cache key, if any
/// @param temperature sampling temperature; NaN if the caller set none
/// @param tools whether tools are offered to the model
/// @param repeatable whether the request may be sent twice: false for what changes state upstream
///   (`store`, `background`, `previous_response_id`, server-side tools) and for bodies not held
/// @param stores whether the replica keeps what it makes, so that later calls may ask for it by id
/// @param follows the id of a stored object without which the call cannot be served; only the
///   replica that made that has it
public record Request(
    Operation operation,
    String model,
    boolean stream,
    boolean includeUsage,
    int maxTokens,
    int choices,
    Prompt prompt,
    @Nullable String user,
    @Nullable String cacheKey,
    double temperature,
    boolean tools,
    boolean repeatable,
    boolean stores,
    @Nullable String follows) {

  /// A request that stores nothing and follows nothing.
  public Request(
      Operation operation,
      String model,
      boolean stream,
      boolean includeUsage,
      int maxTokens,
      int choices,
      Prompt prompt,
      @Nullable String user,
      @Nullable String cacheKey,
      double temperature,
      boolean tools,
      boolean repeatable) {
    this(
        operation,
        model,
        stream,
        includeUsage,
        maxTokens,
        choices,
        prompt,
        user,
        cacheKey,
        temperature,
        tools,
        repeatable,
        false,
        null);
  }

  /// A request for the stored object of that id.
  public static Request forStored(String id, boolean repeatable) {
    return new Request(
        Operation.STORED,
        "",
        false,
        false,
        0,
        1,
        Prompt.NONE,
        null,
        null,
        Double.NaN,
        false,
        repeatable,
        false,
        id);
  }

  /// The size of what is asked: text apart from images and audio, which are not text.
  ///
  /// @param asciiChars characters of text below U+0080
  /// @param otherChars all other characters of text
  /// @param prefix its beginning, as far as that is known
  public record Prompt(
      int asciiChars, int otherChars, int messages, int images, int audios, Prefix prefix) {
    public static final Prompt NONE = new Prompt(0, 0, 0, 0, 0);

    /// One of whose beginning nothing is known.
    public Prompt(int asciiChars, int otherChars, int messages, int images, int audios) {
      this(asciiChars, otherChars, messages, images, audios, Prefix.NONE);
    }

    /// Estimated prompt tokens: DeepSeek's rule of thumb, 0.3 per ASCII character and 0.6 per
    /// other, and 4 per message.
    public long tokens() {
      return (long) Math.ceil(0.3 * asciiChars + 0.6 * otherChars) + 4L * messages;
    }
  }

  /// Estimated work in work units: prompt tokens, and twice the tokens that may be generated, taken
  /// as 700 where the caller set no bound or a larger one. None for a stored object.
  public long work() {
    if (operation == Operation.STORED) {
      return 0;
    }
    return prompt.tokens() + 2 * output();
  }

  /// Estimated tokens, prompt and completion together, by the same rules.
  public long tokens() {
    return switch (operation) {
      case STORED -> 0;
      case EMBEDDINGS -> prompt.tokens();
      case CHAT, COMPLETION, RESPONSES, MESSAGES, PASS_THROUGH -> prompt.tokens() + output();
    };
  }

  private long output() {
    return (maxTokens == 0 ? 700L : Math.min(maxTokens, 700)) * choices;
  }

  /// The same request for another model.
  public Request forModel(String other) {
    return with(other, maxTokens);
  }

  /// The same request, with a bound on what may be generated that replaces a larger one.
  public Request bounded(int most) {
    return with(model, maxTokens == 0 ? most : Math.min(maxTokens, most));
  }

  private Request with(String model, int maxTokens) {
    return new Request(
        operation,
        model,
        stream,
        includeUsage,
        maxTokens,
        choices,
        prompt,
        user,
        cacheKey,
        temperature,
        tools,
        repeatable,
        stores,
        follows);
  }
}
