package dev.forebay.lab.engine;

import dev.forebay.lab.engine.StoredAnswers.Stored;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What can be done to a stored answer: `/responses/{id}` and `/chat/completions/{id}`, and what
/// stands below them. Lives on the engine's event loop.
final class StoredRoutes {
  private static final Pattern PATH =
      Pattern.compile(
          "(/responses|/chat/completions)/([A-Za-z0-9._:-]+)(/cancel|/input_items|/messages)?");
  private static final Pattern NUMBER = Pattern.compile("\"sequence_number\":(\\d+)");

  /// @param contentType of the body
  record Said(int status, String contentType, String body) {
    private static Said json(int status, String body) {
      return new Said(status, "application/json", body);
    }
  }

  private final StoredAnswers answers;

  StoredRoutes(StoredAnswers answers) {
    this.answers = answers;
  }

  /// What is answered; null if the path is none of a stored answer.
  ///
  /// @param path without `/v1` and query
  @Nullable Said serve(String method, String path, String uri) {
    Matcher matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return null;
    }
    boolean response = matcher.group(1).equals("/responses");
    String id = matcher.group(2);
    Stored stored = answers.get(id);
    if (stored == null || stored.dialect() instanceof ResponsesDialect != response) {
      String kind = response ? "Response" : "Chat completion";
      return Said.json(404, OpenAiError.json(404, kind + " with id '" + id + "' not found."));
    }
    String part = matcher.group(3) == null ? "" : matcher.group(3);
    return switch (method + part) {
      case "GET" -> response && streams(uri) ? replay(stored, uri) : Said.json(200, now(stored));
      case "DELETE" -> delete(id, response);
      case "POST" -> response ? null : Said.json(200, now(stored));
      case "POST/cancel" -> response ? Said.json(200, now(stored)) : null;
      case "GET/input_items" -> response ? Said.json(200, items(stored)) : null;
      case "GET/messages" -> response ? null : Said.json(200, items(stored));
      default -> null;
    };
  }

  private static String now(Stored stored) {
    return stored.dialect() instanceof ResponsesDialect responses && !stored.whole()
        ? responses.begun(stored.answer())
        : stored.dialect().plain(stored.answer());
  }

  private Said delete(String id, boolean response) {
    answers.delete(id);
    return Said.json(
        200,
        "{\"id\":\"%s\",\"object\":\"%s\",\"deleted\":true}"
            .formatted(id, response ? "response" : "chat.completion.deleted"));
  }

  private static String items(Stored stored) {
    return """
    {"object":"list","data":[{"id":"msg_0","type":"message","role":"user","content":[{"type":"input_text","text":%s}]}],\
    "first_id":"msg_0","last_id":"msg_0","has_more":false}\
    """
        .formatted(JsonText.quote(stored.answer().question().prompt()));
  }

  private static boolean streams(String uri) {
    return parameter(uri, "stream").equals("true");
  }

  private static String parameter(String uri, String name) {
    return new QueryStringDecoder(uri).parameters().getOrDefault(name, List.of("")).getFirst();
  }

  /// The events of the answer again, those behind `starting_after`.
  private static Said replay(Stored stored, String uri) {
    String after = parameter(uri, "starting_after");
    long from = after.matches("\\d{1,9}") ? Long.parseLong(after) + 1 : 0;
    var events = new StringBuilder();
    Answer answer = stored.answer();
    Dialect dialect = stored.dialect();
    dialect.open(events, answer);
    for (int place = 0; place < answer.choices().getFirst().tokens(); place++) {
      dialect.delta(events, answer, 0, place);
    }
    dialect.finish(events, answer, 0);
    dialect.close(events, answer);
    var replayed = new StringBuilder();
    for (String event : events.toString().split("\n\n", -1)) {
      Matcher number = NUMBER.matcher(event);
      if (number.find() && Long.parseLong(number.group(1)) >= from) {
        replayed.append(event).append("\n\n");
      }
    }
    return new Said(200, "text/event-stream; charset=utf-8", replayed.toString());
  }
}
