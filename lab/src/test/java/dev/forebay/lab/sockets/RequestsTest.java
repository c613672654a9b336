package dev.forebay.lab.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.simulator.Intent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RequestsTest {
  private static final Intent INTENT = new Intent(7, 0, "tenant-2", 1, 30, 100, 12, 512, List.of());

  @Test
  void aCallSaysToTheGatewayWhatTheSimulatorsDoesAndToTheEngineWhatItIsToTake() {
    String request = text(new Requests("lab", Map.of("x-more", "1"), true), INTENT);
    String head = request.substring(0, request.indexOf("\r\n\r\n"));
    String body = request.substring(head.length() + 4);

    assertThat(head)
        .startsWith("POST /v1/chat/completions HTTP/1.1\r\n")
        .contains("authorization: Bearer tenant-2", "x-deadline-ms: 1500", "x-more: 1")
        .contains("x-forebay-priority: 1\r\n")
        .contains("content-length: " + body.length());
    var json = JsonMapper.shared().readTree(body);
    assertThat(json.at("/messages/1/content").asString()).hasSize(100).startsWith("7 when the");
    assertThat(json.at("/max_tokens").asInt()).isEqualTo(512);
    assertThat(json.at("/lab_tokens/prompt").asInt()).isEqualTo(30);
    assertThat(json.at("/lab_tokens/output").asInt()).isEqualTo(12);
  }

  @Test
  void neitherABoundNorADeadlineIsToldWhereThereIsNone() {
    var unbounded = new Intent(7, 0, "tenant-2", 1, 30, 100, 12, 0, List.of());
    assertThat(text(new Requests("lab", Map.of(), false), unbounded))
        .doesNotContain("max_tokens", "x-deadline-ms");
  }

  private static String text(Requests requests, Intent intent) {
    return new String(requests.of(intent, Duration.ofMillis(1_500)), StandardCharsets.US_ASCII);
  }
}
