package dev.forebay.lab.chaos;

import dev.forebay.lab.engine.EngineObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Callers of whom each asks again as soon as it is answered: more than the engines can hold, so
/// that some of them wait in the queue all the time. Counts how often each call was answered, at
/// both ends. A virtual thread a caller.
final class Waiters implements EngineObserver {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<String, Integer> finished = new ConcurrentHashMap<>();
  private final Queue<String> answered = new ConcurrentLinkedQueue<>();
  private final Queue<String> failed = new ConcurrentLinkedQueue<>();
  private final List<Thread> callers = new ArrayList<>();
  private volatile boolean stopped;

  /// What became of their calls.
  ///
  /// @param answered whole
  /// @param failed calls that were not
  /// @param notOnce answered calls that no engine, or more than one, answered to its end
  /// @param leastWaiting in the queue, looked at before and after each reload
  record Count(int answered, List<String> failed, List<String> notOnce, int leastWaiting) {
    boolean passed() {
      return failed.isEmpty() && notOnce.isEmpty() && leastWaiting > 0 && answered > 0;
    }
  }

  void begin(int count, URI chat, String model) {
    for (int i = 0; i < count; i++) {
      callers.add(Thread.ofVirtual().name("waiter-" + i).start(() -> callOn(chat, model)));
    }
  }

  private void callOn(URI chat, String model) {
    while (!stopped) {
      String id = "waiter-" + calls.incrementAndGet();
      String words = call(chat, model, id);
      if (!words.isEmpty()) {
        failed.add(id + " " + words);
        return;
      }
      answered.add(id);
    }
  }

  private String call(URI chat, String model, String id) {
    String body =
        """
        {"model": "%s", "stream": true, "max_tokens": 100, "ignore_eos": true,
         "messages": [{"role": "user", "content": "hi"}]}
        """
            .formatted(model);
    HttpRequest request =
        HttpRequest.newBuilder(chat)
            .timeout(Duration.ofMinutes(1))
            .header("content-type", "application/json")
            .header("x-request-id", id)
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      boolean whole = answer.statusCode() == 200 && answer.body().endsWith("data: [DONE]\n\n");
      return whole ? "" : answer.statusCode() + " " + answer.body();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  @Override
  public void finished(String requestId, String reason) {
    finished.merge(requestId, 1, Integer::sum);
  }

  /// Waits until all are answered, and counts.
  ///
  /// @param leastWaiting in the queue, as somebody else has seen it
  Count end(int leastWaiting) throws InterruptedException {
    stopped = true;
    for (Thread caller : callers) {
      caller.join();
    }
    http.close();
    List<String> notOnce =
        answered.stream().filter(id -> finished.getOrDefault(id, 0) != 1).toList();
    return new Count(answered.size(), List.copyOf(failed), notOnce, leastWaiting);
  }
}
