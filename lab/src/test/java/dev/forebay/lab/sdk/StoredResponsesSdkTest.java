package dev.forebay.lab.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseRetrieveParams;
import com.openai.models.responses.ResponseStreamEvent;
import dev.forebay.lab.LocalGateway;
import dev.forebay.lab.chaos.Rig;
import dev.forebay.lab.engine.EngineObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Stored responses through the official Java client, unmodified, with three replicas behind the
/// gateway of which each has only what it made itself.
@Timeout(120)
class StoredResponsesSdkTest {
  private static Rig rig;
  private static OpenAIClient client;

  @BeforeAll
  static void start() throws Exception {
    // a machine that is busy shall not make a replica seem dead
    String patient = "poolDefaults: {probe: {timeout: 10s}}\n";
    rig = new Rig(3, EngineObserver.NONE, config -> config.withTimeScale(100), patient);
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(LocalGateway.baseUrl(rig.gateway()).toString())
            .apiKey("none")
            .maxRetries(0)
            .timeout(Duration.ofSeconds(20))
            .build();
  }

  @AfterAll
  static void stop() {
    client.close();
    rig.close();
  }

  @Test
  void comesBackToResponsesInAnyOrder() {
    List<Response> made = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      made.add(client.responses().create(story().store(true).build()));
    }
    for (Response response : made.reversed()) {
      assertThat(client.responses().retrieve(response.id()).output()).isEqualTo(response.output());
      assertThat(client.responses().cancel(response.id()).id()).isEqualTo(response.id());
      assertThat(client.responses().inputItems().list(response.id()).data()).isNotEmpty();
    }
  }

  @Test
  void goesOnFromAResponseAsOftenAsItLikes() {
    Response last = client.responses().create(story().build());
    for (int i = 0; i < 12; i++) {
      last = client.responses().create(story().previousResponseId(last.id()).build());
    }
    assertThat(client.responses().retrieve(last.id()).id()).isEqualTo(last.id());
  }

  @Test
  void takesUpAStreamAgain() {
    List<ResponseStreamEvent> first;
    try (StreamResponse<ResponseStreamEvent> stream =
        client.responses().createStreaming(story().build())) {
      first = stream.stream().toList();
    }
    String id = first.getFirst().asCreated().response().id();
    ResponseRetrieveParams fromTheFourth =
        ResponseRetrieveParams.builder().responseId(id).startingAfter(3).build();
    try (StreamResponse<ResponseStreamEvent> stream =
        client.responses().retrieveStreaming(fromTheFourth)) {
      assertThat(stream.stream().toList()).isEqualTo(first.subList(4, first.size()));
    }
  }

  @Test
  void whatWasDeletedIsNotFound() {
    Response made = client.responses().create(story().build());
    client.responses().delete(made.id());
    assertThatThrownBy(() -> client.responses().retrieve(made.id()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(made.id());
  }

  @Test
  void aResponseThatNobodyMadeIsNotFound() {
    assertThatThrownBy(() -> client.responses().retrieve("resp_unknown"))
        .isInstanceOfSatisfying(
            NotFoundException.class, e -> assertThat(e.code()).contains("object_not_found"));
    assertThatThrownBy(
            () -> client.responses().create(story().previousResponseId("resp_unknown").build()))
        .isInstanceOfSatisfying(
            NotFoundException.class,
            e -> {
              assertThat(e.code()).contains("previous_response_not_found");
              assertThat(e.param()).contains("previous_response_id");
            });
  }

  private static ResponseCreateParams.Builder story() {
    return ResponseCreateParams.builder()
        .model(Rig.MODEL)
        .maxOutputTokens(16)
        .input("Once upon a time");
  }
}
