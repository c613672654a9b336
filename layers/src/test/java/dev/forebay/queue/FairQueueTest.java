package dev.forebay.queue;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.HandLoop;
import dev.forebay.Seeds;
import dev.forebay.fleet.Need;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private static final int LONGEST_PROMPT = 2_000;
  private static final int LONGEST_OUTPUT = 500;

  private final HandLoop loop = new HandLoop();
  private long order;

  /// Tenants of which each always has calls that wait are served alike, however large their calls
  /// are: within twice what can be under way at once.
  ///
  /// @see <a href="https://arxiv.org/abs/2401.00588">VTC, theorem 4.4</a>
  @Test
  void tenantsThatAlwaysWaitAreServedAlike() {
    Seeds.forAll(
        100,
        random -> {
          int tenants = 2 + random.nextInt(20);
          int places = 1 + random.nextInt(16);
          int[] largest = random.ints(tenants, 1, LONGEST_PROMPT + 1).toArray();
          var queue = new FairQueue();
          List<Entry> running = new ArrayList<>();
          List<Integer> left = new ArrayList<>();
          double[] served = new double[tenants];
          for (int t = 0; t < tenants; t++) {
            add(queue, t, 1 + random.nextInt(largest[t]));
            add(queue, t, 1 + random.nextInt(largest[t]));
          }
          double bound = 2.0 * Math.max(LONGEST_PROMPT, 2.0 * places * LONGEST_OUTPUT);
          for (int step = 0; step < 3_000; step++) {
            while (running.size() < places) {
              Entry head = requireNonNull(queue.head());
              queue.start(head);
              int tenant = Integer.parseInt(head.call.caller().tenant());
              served[tenant] += head.need.prompt();
              running.add(head);
              left.add(1 + random.nextInt(LONGEST_OUTPUT));
              add(queue, tenant, 1 + random.nextInt(largest[tenant]));
            }
            for (int i = running.size() - 1; i >= 0; i--) {
              Entry entry = running.get(i);
              int grows = Math.min(10, left.get(i));
              served[Integer.parseInt(entry.call.caller().tenant())] += 2.0 * grows;
              queue.charge(entry, entry.charged + 2 * grows);
              left.set(i, left.get(i) - grows);
              if (left.get(i) == 0) {
                queue.end(entry);
                running.remove(i);
                left.remove(/* index */ i);
              }
            }
            double most = Arrays.stream(served).max().orElseThrow();
            double least = Arrays.stream(served).min().orElseThrow();
            assertThat(most - least).isLessThanOrEqualTo(bound);
          }
        });
  }

  @Test
  void whatIsTakenOutAndPutBackStandsWhereItStood() {
    Seeds.forAll(
        200,
        random -> {
          var queue = new FairQueue();
          for (int i = 0; i < 40; i++) {
            add(queue, random.nextInt(6), 1 + random.nextInt(LONGEST_PROMPT));
            if (random.nextInt(3) == 0) {
              queue.start(requireNonNull(queue.head()));
            }
          }
          List<Entry> before = inTurn(queue);
          List<Entry> out = before.stream().filter(_ -> random.nextBoolean()).toList();
          out.forEach(queue::remove);
          out.forEach(queue::putBack);
          assertThat(inTurn(queue)).isEqualTo(before);
        });
  }

  private static List<Entry> inTurn(FairQueue queue) {
    List<Entry> entries = new ArrayList<>();
    queue.inTurn(entries::add);
    return entries;
  }

  @Test
  void whoWasIdleHasSavedUpNothing() {
    var queue = new FairQueue();
    Entry first = add(queue, 1, 100);
    add(queue, 1, 100);
    queue.start(first);
    queue.charge(first, 50_000);

    add(queue, 2, 100);
    add(queue, 2, 100);
    Entry second = requireNonNull(queue.head());
    queue.start(second);

    assertThat(second.call.caller().tenant()).isEqualTo("1");
  }

  /// Nor who always had a little under way, but never anything that waited.
  @Test
  void whoNeverWaitedHasSavedUpNothing() {
    var queue = new FairQueue();
    add(queue, 1, 1_000);
    Entry little = add(queue, 2, 1);
    queue.start(little);
    for (int i = 0; i < 100; i++) {
      serve(queue, 1);
      Entry next = add(queue, 2, 1);
      queue.start(next);
      queue.end(little);
      little = next;
    }
    for (int i = 0; i < 20; i++) {
      add(queue, 2, 1_000);
    }
    int[] served = new int[3];
    for (int i = 0; i < 20; i++) {
      Entry head = requireNonNull(queue.head());
      served[Integer.parseInt(head.call.caller().tenant())]++;
      queue.start(head);
      queue.end(head);
      add(queue, 1, 1_000);
    }
    assertThat(served[1]).isBetween(9, 11);
  }

  /// Serves one call of a tenant, behind which the next waits already.
  private void serve(FairQueue queue, int tenant) {
    Entry entry = requireNonNull(queue.head());
    assertThat(entry.call.caller().tenant()).isEqualTo(String.valueOf(tenant));
    add(queue, tenant, 1_000);
    queue.start(entry);
    queue.end(entry);
  }

  private Entry add(FairQueue queue, int tenant, int prompt) {
    var request =
        new Request(
            Operation.CHAT,
            "m",
            true,
            false,
            0,
            1,
            Request.Prompt.NONE,
            null,
            null,
            Double.NaN,
            false,
            true);
    var caller = new Caller(String.valueOf(tenant), "key", 1, Network.UNKNOWN);
    var entry = new Entry(new Call("call", loop, request, caller, 0), false);
    entry.need = new Need(prompt, LONGEST_OUTPUT, 1);
    entry.order = order++;
    queue.add(entry);
    return entry;
  }
}
