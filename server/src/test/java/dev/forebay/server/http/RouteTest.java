package dev.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.pipeline.Operation;
import io.netty.handler.codec.http.HttpMethod;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {
  @ParameterizedTest
  @CsvSource({
    "GET, /v1/responses/resp_1, resp_1",
    "GET, /responses/resp_1?stream=true&starting_after=4, resp_1",
    "HEAD, /v1/responses/resp_1, resp_1",
    "DELETE, /v1/responses/resp_1, resp_1",
    "POST, /v1/responses/resp_1/cancel, resp_1",
    "GET, /v1/responses/resp_1/input_items?limit=5, resp_1",
    "GET, /v1/chat/completions/chatcmpl-1, chatcmpl-1",
    "POST, /chat/completions/chatcmpl-1, chatcmpl-1",
    "DELETE, /v1/chat/completions/chatcmpl-1, chatcmpl-1",
    "GET, /v1/chat/completions/chatcmpl-1/messages, chatcmpl-1",
    "GET, /v1/responses/.., .."
  })
  void knowsAStoredObjectByItsPath(String method, String target, String id) {
    String upstream = target.startsWith("/v1") ? target : "/v1" + target;
    assertThat(Route.of(HttpMethod.valueOf(method), target))
        .isEqualTo(new Route.ToPool(Operation.STORED, upstream, id));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PUT | /v1/responses/resp_1 | GET, HEAD, DELETE",
        "GET | /v1/responses/resp_1/cancel | POST",
        "POST | /v1/responses/resp_1/input_items | GET, HEAD",
        "PATCH | /v1/chat/completions/c | GET, HEAD, POST, DELETE",
        "DELETE | /v1/chat/completions/c/messages | GET, HEAD",
        "OPTIONS | /v1/responses/resp_1 | GET, HEAD, DELETE"
      })
  void tellsWhichMethodsThereAre(String method, String target, String allowed) {
    assertThat(Route.of(HttpMethod.valueOf(method), target))
        .isEqualTo(new Route.WrongMethod(allowed));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/responses/input_tokens",
        "/v1/responses/",
        "/v1/responses//cancel",
        "/v1/responses/a/b/c",
        "/v1/responses/a/messages",
        "/v1/chat/completions/a/cancel",
        "/v1/conversations/conv_1"
      })
  void whatNamesNoStoredObjectPassesThrough(String target) {
    assertThat(Route.of(HttpMethod.POST, target))
        .isEqualTo(new Route.ToPool(Operation.PASS_THROUGH, target));
  }

  @ParameterizedTest
  @CsvSource({"/v1/responses, RESPONSES", "/chat/completions?x=1, CHAT"})
  void whatMakesSomethingIsNoStoredObject(String target, Operation operation) {
    assertThat(Route.of(HttpMethod.POST, target))
        .matches(route -> route instanceof Route.ToPool to && to.operation() == operation)
        .matches(route -> route instanceof Route.ToPool to && to.stored() == null);
  }
}
