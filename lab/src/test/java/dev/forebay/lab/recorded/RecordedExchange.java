package dev.forebay.lab.recorded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forebay.lab.recorded.HttpMessage.Header;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A request and what was answered. Bodies have a character for each byte.
///
/// @param model that the request names; empty if it names none
/// @param headers of the answer
/// @param streamed whether the answer was a stream of events
record RecordedExchange(
    String path,
    String model,
    String request,
    int status,
    List<Header> headers,
    String body,
    boolean streamed) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// The exchanges of a file with one a line, gzipped.
  ///
  /// @param path that their requests went to
  static List<RecordedExchange> readAll(Path file, String path) throws IOException {
    List<RecordedExchange> exchanges = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        exchanges.add(of(path, JSON.readTree(line)));
      }
    }
    return exchanges;
  }

  static RecordedExchange of(String path, JsonNode recorded) {
    JsonNode body = recorded.get("body");
    return new RecordedExchange(
        path,
        recorded.get("request").path("model").asString(""),
        bytes(JSON.writeValueAsString(recorded.get("request"))),
        recorded.get("status").asInt(),
        recorded.get("headers").properties().stream()
            .map(header -> new Header(header.getKey(), header.getValue().asString()))
            .toList(),
        bytes(body.isArray() ? events(body) : JSON.writeValueAsString(body)),
        body.isArray());
  }

  /// Whether the gateway answers this in its own way, because another replica might do better.
  boolean overloadOrFault() {
    return status == 429 || status >= 500;
  }

  private static String bytes(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  private static String events(JsonNode chunks) {
    StringBuilder stream = new StringBuilder();
    for (JsonNode chunk : chunks) {
      stream.append("data: ").append(JSON.writeValueAsString(chunk)).append("\n\n");
    }
    return stream.append("data: [DONE]\n\n").toString();
  }
}
