package dev.forebay.server.openai;

import dev.forebay.pipeline.Prefix;
import dev.forebay.pipeline.Request.Prompt;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Measures what is asked: text by its characters, images and audio by their number.
///
/// Every string within a message is text, but for those that name or refer and those that are an
/// encoded image, sound or file. Strings are counted where they lie and not decoded.
final class PromptReader {
  // one token of a prompt that is given as tokens, in ASCII characters of the estimate
  private static final int TENTHS_PER_TOKEN = 33;

  private final JsonParser json;
  private final BodyBytes body;
  private final TextCount text = new TextCount();
  private int messages;
  private int images;
  private int audios;
  private int prompts;
  private long tokens;
  private Prefix prefix = Prefix.NONE;

  PromptReader(JsonParser json, BodyBytes body) {
    this.json = json;
    this.body = body;
  }

  Prompt prompt() {
    int ascii = (int) Math.min(Integer.MAX_VALUE, text.ascii() + tokens * TENTHS_PER_TOKEN / 10);
    return new Prompt(ascii, text.other(), messages, images, audios, prefix);
  }

  /// Says where what is asked lies in the body.
  void lies(int from, int to) {
    prefix = body.prefix(from, to);
  }

  /// How many separate prompts there are, at least 1.
  int prompts() {
    return Math.max(1, prompts);
  }

  /// Reads the messages of a conversation; stands at the beginning of an array.
  void messages() {
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      if (token == JsonToken.START_OBJECT) {
        messages++;
      }
      value(token);
    }
  }

  /// Reads a text, or several; or tokens, or several lists of them; or messages.
  void inputs(JsonToken token) {
    switch (token) {
      case VALUE_STRING -> {
        prompts++;
        count();
      }
      case START_OBJECT -> {
        messages++;
        object();
      }
      case START_ARRAY -> {
        boolean numbers = false;
        for (JsonToken next = json.nextToken();
            next != JsonToken.END_ARRAY;
            next = json.nextToken()) {
          if (next == JsonToken.VALUE_NUMBER_INT) {
            tokens++;
            numbers = true;
          } else {
            inputs(next);
          }
        }
        prompts += numbers ? 1 : 0;
      }
      default -> {}
    }
  }

  /// Reads one value: a text, a part of one, or several.
  void value(JsonToken token) {
    switch (token) {
      case VALUE_STRING -> count();
      case START_OBJECT -> object();
      case START_ARRAY -> {
        for (JsonToken next = json.nextToken();
            next != JsonToken.END_ARRAY;
            next = json.nextToken()) {
          value(next);
        }
      }
      default -> {}
    }
  }

  private void object() {
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      JsonToken token = json.nextToken();
      switch (name) {
        case "type" -> {
          if (token == JsonToken.VALUE_STRING) {
            part(json.getString());
          } else {
            json.skipChildren();
          }
        }
        case "source" -> {
          if (token == JsonToken.START_OBJECT) {
            source();
          } else {
            value(token);
          }
        }
        case "input" -> everything(token);
        case "id",
            "role",
            "status",
            "detail",
            "index",
            "tool_call_id",
            "tool_use_id",
            "call_id",
            "cache_control",
            "signature",
            "encrypted_content",
            // what a part is made of, if not of text
            "image_url",
            "video_url",
            "audio_url",
            "input_audio",
            "audio",
            "file",
            "file_data",
            "file_id",
            "file_url",
            "data" ->
            json.skipChildren();
        default -> value(token);
      }
    }
  }

  private void part(String type) {
    switch (type) {
      case "image_url",
          "input_image",
          "image",
          "video_url",
          "file",
          "input_file",
          "document",
          "computer_screenshot" ->
          images++;
      case "input_audio", "audio_url", "audio" -> audios++;
      default -> {}
    }
  }

  // Anthropic's {"type": "base64" | "url" | "file" | "text" | "content", ...}
  private void source() {
    boolean plain = false;
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      JsonToken token = json.nextToken();
      switch (name) {
        case "type" -> plain = token == JsonToken.VALUE_STRING && json.getString().equals("text");
        case "content" -> value(token);
        case "data" -> {
          if (plain) {
            value(token);
          }
        }
        default -> {}
      }
      json.skipChildren();
    }
  }

  // what a tool was called with: its members are the tool's own, so all of them are text
  private void everything(JsonToken token) {
    int open = 0;
    JsonToken at = token;
    while (true) {
      switch (at) {
        case VALUE_STRING -> count();
        case START_OBJECT, START_ARRAY -> open++;
        case END_OBJECT, END_ARRAY -> open--;
        default -> {}
      }
      if (open == 0) {
        return;
      }
      at = json.nextToken();
    }
  }

  // counts the string at which the parser stands
  private void count() {
    body.count((int) json.currentTokenLocation().getByteOffset() + 1, text);
  }
}
