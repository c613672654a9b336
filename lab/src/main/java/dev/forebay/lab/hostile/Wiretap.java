package dev.forebay.lab.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.forebay.monitor.Signals;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Outcome;
import dev.forebay.server.http.Body;
import dev.forebay.server.http.HttpCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Writes down what the gateway made of each call that it served. Safe for many loops at once.
final class Wiretap implements Signals {
  /// A call as the gateway decided on it.
  ///
  /// @param model empty where the call names none
  /// @param body null where it passed through unread
  record Decided(String method, String path, String model, @Nullable String body) {}

  private final Map<Call, Decided> running = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Decided> served = new ConcurrentLinkedQueue<>();

  @Override
  public void started(Call call) {
    if (call instanceof HttpCall http) {
      String body =
          http.body() instanceof Body.Whole whole ? whole.bytes().toString(ISO_8859_1) : null;
      running.put(
          call, new Decided(http.method().name(), http.path(), call.request().model(), body));
    }
  }

  @Override
  public void ended(Call call, Outcome outcome, long now) {
    Decided decided = running.get(call);
    if (decided != null && outcome instanceof Outcome.Served) {
      served.add(decided);
    }
    running.remove(call);
  }

  /// Calls served since the last time, in the order of their ends; waits for those under way.
  List<Decided> take() throws InterruptedException {
    long until = System.nanoTime() + 2_000_000_000L;
    while (!running.isEmpty() && System.nanoTime() - until < 0) {
      Thread.sleep(1);
    }
    List<Decided> taken = new ArrayList<>();
    for (Decided one = served.poll(); one != null; one = served.poll()) {
      taken.add(one);
    }
    return taken;
  }
}
