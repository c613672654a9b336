package dev.forebay.lab.sockets;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.forebay.lab.load.Arrival;
import dev.forebay.lab.load.Ending;
import dev.forebay.lab.load.Heard;
import dev.forebay.lab.load.LoadOutcome;
import dev.forebay.lab.simulator.Intent;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// Intents as bytes of HTTP/1.1. A prompt has as many characters as in the simulator, and tells the
/// engine how many tokens they are and how many it is to make; nobody on the way reads that.
///
/// @param model that calls name
/// @param headers that each call carries besides, by lower-case names
/// @param deadlines whether a call tells by `x-deadline-ms` when its first token is due
record Requests(String model, Map<String, String> headers, boolean deadlines) {
  /// What is heard where nobody listens.
  static final Heard UNHEARD =
      new Heard(
          new LoadOutcome(
              "",
              Arrival.of(0, 1, 1, true, 0),
              Ending.BROKEN,
              0,
              null,
              null,
              0,
              0,
              0,
              0,
              0,
              0,
              null),
          Map.of());

  private static final String WORDS =
      " when the river rises the gate opens a little at a time so that the wheel below it turns";

  Requests {
    headers = Map.copyOf(headers);
  }

  /// One call.
  ///
  /// @param due time left until its first token is worth nothing any more
  byte[] of(Intent intent, Duration due) {
    String body =
        """
        {"model":"%s","stream":true,"ignore_eos":true,%s"lab_tokens":{"prompt":%d,"output":%d},"messages":[\
        {"role":"system","content":""},{"role":"user","content":"%s"}]}\
        """
            .formatted(
                model,
                intent.maxTokens() == 0 ? "" : "\"max_tokens\":%d,".formatted(intent.maxTokens()),
                intent.promptTokens(),
                intent.outputTokens(),
                text(intent));
    Map<String, String> all = new TreeMap<>();
    all.put("authorization", "Bearer " + intent.tenant());
    all.put("x-forebay-priority", Integer.toString(intent.priority()));
    if (deadlines) {
      all.put("x-deadline-ms", Long.toString(due.toMillis()));
    }
    all.putAll(headers);
    StringBuilder request =
        new StringBuilder(512 + body.length())
            .append("POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n")
            .append("content-type: application/json\r\n")
            .append("content-length: ")
            .append(body.length())
            .append("\r\n");
    all.forEach((name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
    return request.append("\r\n").append(body).toString().getBytes(US_ASCII);
  }

  /// No two begin alike, unless they are too short for it.
  private static String text(Intent intent) {
    StringBuilder text = new StringBuilder(intent.promptChars() + WORDS.length());
    text.append(intent.number());
    while (text.length() < intent.promptChars()) {
      text.append(WORDS);
    }
    text.setLength(intent.promptChars());
    return text.toString();
  }
}
