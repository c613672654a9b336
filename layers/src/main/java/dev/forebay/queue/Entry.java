package dev.forebay.queue;

import dev.forebay.fleet.Need;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Call;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// One attempt of a call in a pool's queue, from when it is offered until it ends. Guarded by its
/// `PoolQueue`. Open to be extended by whoever lets the call wait.
class Entry {
  /// Who must be served first; of two with one deadline, who came first.
  static final Comparator<Entry> BY_DEADLINE =
      (a, b) -> {
        long difference = a.deadline - b.deadline;
        return difference != 0 ? Long.signum(difference) : Long.compare(a.order, b.order);
      };

  private static final Need NOTHING = new Need(0, 0, 1);

  final Call call;

  // set when it is offered
  Need need = NOTHING;
  long deadline;
  long order;
  boolean mayWait;

  /// Whether it was tried in this pool before.
  boolean again;

  /// Who may have its prompt in its cache.
  @Nullable Replica whereRead;

  /// Calls that are expected to start before it, and their work; as they were when it came or when
  /// all that wait were last numbered.
  int callsAhead;

  long workAhead;

  // where it stands
  boolean waiting;
  boolean running;

  // since when it has its turn
  boolean hadTurn;
  long turnSince;

  /// How many went before it then, for the sake of what replicas have in their caches.
  int passed;

  @Nullable Tenant tenant;

  /// Work that its tenant was charged so far.
  double charged;

  /// Whether other pools stand in for this one, so that waiting for an account to open is no use.
  final boolean goesElsewhere;

  Entry(Call call, boolean goesElsewhere) {
    this.call = call;
    this.goesElsewhere = goesElsewhere;
  }

  final int priority() {
    return call.caller().priority();
  }
}
