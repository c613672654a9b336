package dev.forebay.lab.chaos;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.LocalGateway;
import dev.forebay.lab.hostile.RawEngine;
import dev.forebay.server.Gateway;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// Replicas that live, as their probes see it, and answer no call; and clients that come back at
/// once.
class OutageTest {
  private static final int CLIENTS = 200;
  private static final int CALLS_EACH = 10;
  private static final int CALLS = CLIENTS * CALLS_EACH;

  private static final String BODY =
      "{\"model\":\"m\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  @Test
  void aDeadPoolIsAskedLittleMoreThanItsCallersAsk(TestReporter reporter) throws Exception {
    int asked;
    try (var one = new RawEngine(OutageTest::broken);
        var two = new RawEngine(OutageTest::broken);
        var three = new RawEngine(OutageTest::broken);
        Gateway gateway = LocalGateway.before("m", urls(one, two, three))) {
      assertThat(storm(gateway)).hasSize(CALLS).containsOnly(502);
      asked = one.take().size() + two.take().size() + three.take().size();
    }
    // all that all clients could have under way at once on one replica
    int bound = CALLS * 11 / 10 + 10 + CLIENTS;
    reporter.publishEntry("%d calls, %d attempts, at most %d".formatted(CALLS, asked, bound));
    assertThat(asked).isLessThanOrEqualTo(bound);
  }

  private static List<Integer> storm(Gateway gateway) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(LocalGateway.baseUrl(gateway) + "/chat/completions"))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(BODY))
            .build();
    var statuses = new ArrayList<Integer>();
    try (HttpClient http = HttpClient.newHttpClient();
        var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<List<Integer>> client =
          () -> {
            var own = new ArrayList<Integer>();
            for (int i = 0; i < CALLS_EACH; i++) {
              own.add(http.send(request, BodyHandlers.discarding()).statusCode());
            }
            return own;
          };
      var running = new ArrayList<Future<List<Integer>>>();
      for (int i = 0; i < CLIENTS; i++) {
        running.add(clients.submit(client));
      }
      for (Future<List<Integer>> each : running) {
        statuses.addAll(each.get());
      }
    }
    return statuses;
  }

  private static boolean broken(RawEngine.Seen request, OutputStream out) throws IOException {
    if (request.method().equals("GET")) {
      return RawEngine.answerPlainly(request, out);
    }
    out.write("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n".getBytes(ISO_8859_1));
    out.flush();
    return true;
  }

  private static List<URI> urls(RawEngine... engines) {
    var urls = new ArrayList<URI>();
    for (RawEngine engine : engines) {
      urls.add(URI.create("http://127.0.0.1:" + engine.port()));
    }
    return urls;
  }
}
