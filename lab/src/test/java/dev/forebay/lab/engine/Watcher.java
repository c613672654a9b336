package dev.forebay.lab.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Remembers what an engine says it sent, and how its requests ended.
final class Watcher implements EngineObserver {

  final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
  final BlockingQueue<String> firstTokens = new LinkedBlockingQueue<>();
  private final Map<String, StringBuilder> texts = new ConcurrentHashMap<>();

  String text(String requestId) {
    return String.valueOf(texts.get(requestId));
  }

  String nextEnd() throws InterruptedException {
    return String.valueOf(ends.poll(20, TimeUnit.SECONDS));
  }

  List<String> nextEnds(int count) throws InterruptedException {
    var all = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      all.add(nextEnd());
    }
    return all;
  }

  @Override
  public void accepted(String requestId) {
    texts.put(requestId, new StringBuilder());
  }

  @Override
  public void firstToken(String requestId) {
    firstTokens.add(requestId);
  }

  @Override
  public void delta(String requestId, int choice, String text) {
    texts.getOrDefault(requestId, new StringBuilder()).append(text);
  }

  @Override
  public void finished(String requestId, String reason) {
    ends.add(requestId + " " + reason);
  }

  @Override
  public void aborted(String requestId, long nanoTime) {
    ends.add(requestId + " aborted");
  }
}
