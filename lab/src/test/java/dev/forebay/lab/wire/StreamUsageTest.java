package dev.forebay.lab.wire;

import static dev.forebay.lab.wire.ScriptedUpstream.chunk;
import static dev.forebay.lab.wire.ScriptedUpstream.chunkedHead;
import static dev.forebay.lab.wire.ScriptedUpstream.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.wire.ScriptedUpstream.Asked;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Engines are asked what a stream used, and callers who did not ask get the stream as if nobody
/// had.
@Timeout(60)
class StreamUsageTest {
  private static final String OPTIONS = ",\"stream_options\":{\"include_usage\":true}";
  private static final String ASK =
      "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String ROLE = event("{\"role\":\"assistant\",\"content\":\"\"}", "null");
  private static final String TEXT = event("{\"content\":\"a 前池 🌊\"}", "null");
  private static final String STOP = event("{}", "\"stop\"");
  private static final String USAGE =
      "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":70}}\n\n";
  private static final String DONE = "data: [DONE]\n\n";
  private static final String WITHOUT = ROLE + TEXT + TEXT + STOP + DONE;

  private static String event(String delta, String finish) {
    return "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}\n\n"
        .formatted(delta, finish);
  }

  private static String stream(String... chunks) {
    StringBuilder stream = new StringBuilder(chunkedHead());
    for (String each : chunks) {
      stream.append(chunk(each));
    }
    return stream.append("0\r\n\r\n").toString();
  }

  private static ScriptedUpstream upstream(String... chunks) throws Exception {
    return new ScriptedUpstream(_ -> List.of(stream(chunks)));
  }

  // asking

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\":\"m\",\"stream\":true}"
            + "|{\"model\":\"m\",\"stream_options\":{\"include_usage\":true},\"stream\":true}",
        "{ \"stream\" : true , \"model\" : \"m\" }"
            + "|{ \"stream\" : true , \"model\" : \"m\",\"stream_options\":{\"include_usage\":true} }",
        "{\"model\":\"m\",\"stream_options\":null,\"stream\":true}"
            + "|{\"model\":\"m\",\"stream_options\":{\"include_usage\":true},\"stream\":true}",
        "{\"stream_options\": { } ,\"model\":\"m\",\"stream\":true}"
            + "|{\"stream_options\": {\"include_usage\":true } ,\"model\":\"m\",\"stream\":true}",
        "{\"stream_options\":{\"x\":[1]},\"model\":\"m\",\"stream\":true}"
            + "|{\"stream_options\":{\"include_usage\":true,\"x\":[1]},\"model\":\"m\",\"stream\":true}",
        "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"y\":1, \"include_usage\" : false}}"
            + "|{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"y\":1, \"include_usage\" : true}}",
        "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":null }}"
            + "|{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true }}",
        "{\"stream_options\":{\"include_usage\":false},\"stream\":true,\"model\":\"alias-of-m\",\"n\":1}"
            + "|{\"stream_options\":{\"include_usage\":true},\"stream\":true,\"model\":\"m\",\"n\":1}",
        "{\"model\":\"alias-of-m\",\"stream\":true,\"stream_options\":{\"include_usage\":false}}"
            + "|{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
        "{\"stream\":true,\"model\":\"alias-of-m\",\"n\":1}"
            + "|{\"stream\":true,\"model\":\"m\",\"stream_options\":{\"include_usage\":true},\"n\":1}",
        // nothing to be asked
        "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}|",
        "{\"model\":\"m\",\"stream\":false}|",
        "{\"model\":\"m\"}|",
      })
  void aBodyIsChangedInNothingElse(String asked, String sent) throws Exception {
    try (var upstream = upstream(ROLE, TEXT, TEXT, STOP, USAGE, DONE);
        var gateway = new WireGateway("", "aliases: {alias-of-m: m}", upstream)) {
      gateway.chat(asked);
      gateway.post("/v1/completions", asked);
      for (Asked each : upstream.asked()) {
        assertThat(each.body()).isEqualTo(sent == null ? asked : sent);
      }
      assertThat(upstream.asked()).hasSize(2);
    }
  }

  @Test
  void aPoolThatLeavesStreamsAsTheyAreSendsAndPassesEverything() throws Exception {
    try (var upstream = upstream(ROLE, TEXT, TEXT, STOP, USAGE, DONE);
        var gateway = new WireGateway(", streamUsage: leave", "", upstream)) {
      assertThat(gateway.chat(ASK).body()).isEqualTo(ROLE + TEXT + TEXT + STOP + USAGE + DONE);
      assertThat(upstream.asked().getFirst().body()).isEqualTo(ASK);
    }
  }

  // what comes back

  @Test
  void theExtraEventIsKeptFromACallerWhoDidNotAskAndCounted() throws Exception {
    try (var upstream = upstream(ROLE, TEXT, TEXT, STOP, USAGE, DONE);
        var gateway = new WireGateway("", "", upstream)) {
      HttpResponse<String> answer = gateway.chat(ASK, "x-request-id", "counted");
      assertThat(answer.body()).isEqualTo(WITHOUT);
      assertThat(gateway.explained("counted").path("tokens_out").asInt()).isEqualTo(70);
      String asks = ASK.replace("\"m\"", "\"m\"" + OPTIONS);
      assertThat(gateway.chat(asks).body()).isEqualTo(ROLE + TEXT + TEXT + STOP + USAGE + DONE);
      assertThat(upstream.asked().getFirst().body()).isEqualTo(asks);
    }
  }

  @Test
  void howeverTheStreamIsCutOnTheWayTheCallerGetsTheSame() throws Exception {
    String whole = stream(ROLE, TEXT, TEXT, STOP, USAGE, DONE);
    var next = new AtomicReference<List<String>>(List.of());
    try (var upstream = new ScriptedUpstream(_ -> next.get());
        var gateway = new WireGateway("", "", upstream)) {
      for (int cut = chunkedHead().length(); cut < whole.length(); cut++) {
        if (Character.isLowSurrogate(whole.charAt(cut))) {
          continue;
        }
        next.set(List.of(whole.substring(0, cut), whole.substring(cut)));
        assertThat(gateway.chat(ASK).body()).as("cut at %d", cut).isEqualTo(WITHOUT);
      }
      next.set(whole.codePoints().mapToObj(Character::toString).toList());
      assertThat(gateway.chat(ASK).body()).as("each byte by itself").isEqualTo(WITHOUT);
    }
  }

  @Test
  void howeverEventsLieInChunksTheCallerGetsTheSame() throws Exception {
    String payload = ROLE + TEXT + TEXT + STOP + USAGE + DONE;
    var next = new AtomicReference<List<String>>(List.of());
    try (var upstream = new ScriptedUpstream(_ -> next.get());
        var gateway = new WireGateway("", "", upstream)) {
      List<List<String>> answers = new ArrayList<>();
      answers.add(List.of(stream(payload)));
      answers.add(
          List.of(
              stream(payload.codePoints().mapToObj(Character::toString).toArray(String[]::new))));
      answers.add(
          List.of(
              stream(
                  ROLE + TEXT, TEXT + STOP.substring(0, 20), STOP.substring(20) + USAGE + DONE)));
      answers.add(
          List.of(
              stream(ROLE + TEXT + TEXT, STOP + USAGE.substring(0, 9), USAGE.substring(9), DONE)));
      answers.add(
          json(200, payload).stream()
              .map(it -> it.replace("application/json", "text/event-stream"))
              .toList());
      for (List<String> answer : answers) {
        next.set(answer);
        assertThat(gateway.chat(ASK).body()).isEqualTo(WITHOUT);
      }
      next.set(List.of(stream(payload.replace("\n", "\r\n"))));
      assertThat(gateway.chat(ASK).body()).isEqualTo(WITHOUT.replace("\n", "\r\n"));
    }
  }

  @Test
  void usageBesideChoicesPasses() throws Exception {
    String counted = TEXT.replace("\"choices\"", "\"usage\":{\"completion_tokens\":1},\"choices\"");
    String last = STOP.replace("\"choices\"", "\"usage\":{\"completion_tokens\":2},\"choices\"");
    String filters = USAGE.replaceFirst("\"usage\":\\{.*}}", "\"usage\":null,\"filter\":{}}");
    try (var upstream = upstream(filters, ROLE, counted, last, filters, DONE);
        var gateway = new WireGateway("", "", upstream)) {
      assertThat(gateway.chat(ASK).body())
          .isEqualTo(filters + ROLE + counted + last + filters + DONE);
    }
  }

  @Test
  void aStreamThatBreaksInItsTailIsNotMadeWhole() throws Exception {
    String head = chunkedHead().replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    String broken = head + chunk(ROLE) + chunk(TEXT) + chunk(STOP) + chunk("data: {\"cho");
    try (var upstream = new ScriptedUpstream(_ -> List.of(broken));
        var gateway = new WireGateway("", "", upstream)) {
      HttpResponse<String> answer = gateway.chat(ASK);
      assertThat(answer.body())
          .startsWith(ROLE + TEXT + STOP + "event: error\n")
          .doesNotContain(DONE);
    }
  }

  // refusals

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"message\":\"Unrecognized request argument supplied: stream_options\"}}",
        "{\"error\":\"json: unknown field\"}",
        "{\"detail\":[{\"loc\":[\"body\",\"stream_options\",\"include_usage\"]}]}"
      })
  void anEngineThatRefusesIsAskedAgainWithoutAndThenNoMore(String words) throws Exception {
    try (var upstream =
            new ScriptedUpstream(asked ->
                asked.body().contains("include_usage")
                    ? json(422, words)
                    : List.of(stream(ROLE, TEXT, TEXT, STOP, DONE)));
        var gateway = new WireGateway("", "", upstream)) {
      HttpResponse<String> first = gateway.chat(ASK, "x-request-id", "first");
      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.body()).isEqualTo(WITHOUT);
      assertThat(first.headers().firstValue("x-forebay-attempts")).hasValue("1");
      assertThat(gateway.chat(ASK).body()).isEqualTo(WITHOUT);
      assertThat(upstream.asked().stream().map(Asked::body).toList())
          .containsExactly(ASK.replace("\"m\"", "\"m\"" + OPTIONS), ASK, ASK);
      assertThat(gateway.explained("first").at("/attempts/0/usage").asString())
          .startsWith("refused");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRefusalOfSomethingElsePassesAsItCame(boolean closes) throws Exception {
    String words = "{\"error\":{\"message\":\"temperature is too high\"}}";
    String head =
        closes
            ? "HTTP/1.1 400 Bad\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: "
                + words.length()
                + "\r\n\r\n"
            : ScriptedUpstream.head(400, "application/json", words.length());
    try (var upstream =
            new ScriptedUpstream(_ -> List.of(head, words.substring(0, 9), words.substring(9)));
        var gateway = new WireGateway("", "", upstream)) {
      HttpResponse<String> answer = gateway.chat(ASK);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).isEqualTo(words);
      assertThat(upstream.asked()).hasSize(1);
    }
  }

  @Test
  void aRefusalTooLongToBeHeldPasses() throws Exception {
    String words = "x".repeat(100_000);
    try (var upstream = new ScriptedUpstream(_ -> json(400, words));
        var gateway = new WireGateway("", "", upstream)) {
      assertThat(gateway.chat(ASK).body()).isEqualTo(words);
    }
  }
}
