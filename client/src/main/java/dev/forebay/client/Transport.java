package dev.forebay.client;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/// Sends one request once. Completes when the answer's head is there; its body comes as it is asked
/// for. Cancelling the future, or the subscription, closes the connection.
interface Transport {
  CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> send(HttpRequest request);

  static Transport of(HttpClient http) {
    return request -> http.sendAsync(request, BodyHandlers.ofPublisher());
  }
}
