package dev.forebay.server.openai;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The members of a request's body that are read; all others pass through untouched.
enum Field {
  MODEL,
  STREAM,
  STREAM_OPTIONS,
  MAX_TOKENS,
  MAX_COMPLETION_TOKENS,
  MAX_OUTPUT_TOKENS,
  N,
  USER,
  SAFETY_IDENTIFIER,
  METADATA,
  PROMPT_CACHE_KEY,
  TEMPERATURE,
  TOOLS,
  TOOL_CHOICE,
  STORE,
  BACKGROUND,
  PREVIOUS_RESPONSE_ID,
  CONVERSATION,
  MESSAGES,
  SYSTEM,
  PROMPT,
  SUFFIX,
  INPUT,
  INSTRUCTIONS,
  USER_ID,
  CACHE_SALT;

  private static final Map<String, Field> BY_NAME = new HashMap<>();

  static {
    for (Field field : values()) {
      BY_NAME.put(field.member(), field);
    }
  }

  private final String member = name().toLowerCase(Locale.ROOT);

  /// Its name in the body.
  String member() {
    return member;
  }

  /// The field of that name in the body; null if that is not read.
  static @Nullable Field of(String member) {
    return BY_NAME.get(member);
  }
}
