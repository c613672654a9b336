package dev.forebay.queue;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The waiting calls of one class, fair between tenants: next comes the earliest deadline of the
/// tenant that was served least.
///
/// A tenant is charged its prompt when a call starts and its output as it comes, one token of
/// output as two of prompt; so a long answer costs as it grows and not when it is too late. Who had
/// nothing waiting is lifted to whoever was served least of those who have: nobody saves up.
/// Between two tenants that both wait all the time, what they were served differs by no more than
/// what can be under way at once, and by what a tenant may be ahead and still be `near`.
///
/// Not thread-safe. O(log n) for each change.
///
/// @see <a href="https://arxiv.org/abs/2401.00588">Sheng et al., Fairness in Serving Large Language
///   Models, algorithm 2 (VTC)</a>
final class FairQueue {
  private static final int KEPT_TENANTS = 1_024;

  private final Map<String, Tenant> tenants = new HashMap<>();

  /// Those of whom something waits.
  private final TreeSet<Tenant> backlogged = new TreeSet<>(Tenant.BY_SERVED);

  private double leftAt;
  private long order;
  private int forgetAt = KEPT_TENANTS;
  private int calls;
  private long work;

  void add(Entry entry) {
    Tenant tenant = tenant(entry.call.caller().tenant());
    entry.tenant = tenant;
    leave(tenant);
    tenant.served = lifted(tenant);
    putBack(entry);
  }

  /// Takes back an entry that was taken out, as if it had waited all the time.
  void putBack(Entry entry) {
    Tenant tenant = Objects.requireNonNull(entry.tenant);
    leave(tenant);
    tenant.waiting.add(entry);
    tenant.waitingWork += entry.need.work();
    enter(tenant);
    entry.waiting = true;
    calls++;
    work += entry.need.work();
  }

  /// What counts as served of a tenant whose next call comes: who has nothing waiting is lifted to
  /// whoever was served least of those who have, or who had last. That something of it runs does
  /// not matter: whoever always has a little under way would save up all that it leaves to others.
  private double lifted(Tenant tenant) {
    return tenant.waiting.isEmpty() ? Math.max(tenant.served, floor()) : tenant.served;
  }

  private double floor() {
    return backlogged.isEmpty() ? leftAt : backlogged.first().served;
  }

  /// Takes out an entry that waits.
  void remove(Entry entry) {
    Tenant tenant = Objects.requireNonNull(entry.tenant);
    leave(tenant);
    tenant.waiting.remove(entry);
    tenant.waitingWork -= entry.need.work();
    enter(tenant);
    if (tenant.waiting.isEmpty()) {
      leftAt = tenant.served;
    }
    entry.waiting = false;
    calls--;
    work -= entry.need.work();
  }

  /// Whose turn it is; null if nobody waits.
  @Nullable Entry head() {
    return backlogged.isEmpty() ? null : backlogged.first().waiting.first();
  }

  /// The next of each tenant but the first, in the order in which these have their turn.
  ///
  /// @param most of them
  List<Entry> afterHead(int most) {
    return backlogged.stream().skip(1).limit(most).map(tenant -> tenant.waiting.first()).toList();
  }

  /// The next few of each tenant that was served little more than whoever was served least, in the
  /// order in which they have their turn.
  ///
  /// @param more how much more
  /// @param each of a tenant
  /// @param most in all
  List<Entry> near(double more, int each, int most) {
    double until = floor() + more;
    return backlogged.stream()
        .takeWhile(tenant -> tenant.served <= until)
        .flatMap(tenant -> tenant.waiting.stream().limit(each))
        .limit(most)
        .toList();
  }

  /// A call that waited starts, and is charged its prompt.
  void start(Entry entry) {
    remove(entry);
    Tenant tenant = Objects.requireNonNull(entry.tenant);
    leave(tenant);
    tenant.running++;
    entry.running = true;
    enter(tenant);
    charge(entry, (double) entry.need.prompt());
  }

  /// Charges what a call has come to by now, in place of what it was charged before.
  void charge(Entry entry, double total) {
    Tenant tenant = Objects.requireNonNull(entry.tenant);
    leave(tenant);
    tenant.served += total - entry.charged;
    entry.charged = total;
    enter(tenant);
  }

  /// A call that ran has ended.
  void end(Entry entry) {
    Tenant tenant = Objects.requireNonNull(entry.tenant);
    leave(tenant);
    tenant.running--;
    entry.running = false;
    enter(tenant);
    forget();
  }

  private void leave(Tenant tenant) {
    backlogged.remove(tenant);
  }

  private void enter(Tenant tenant) {
    if (!tenant.waiting.isEmpty()) {
      backlogged.add(tenant);
    }
  }

  /// Counts what would be served before a newcomer: what waits of its own tenant with an earlier
  /// deadline, and of the others what they are behind. O(calls that wait of that tenant, and
  /// tenants).
  void countAhead(Entry newcomer) {
    Tenant own = tenants.get(newcomer.call.caller().tenant());
    double served = own == null ? floor() : lifted(own);
    int calls = 0;
    long waiting = 0;
    if (own != null) {
      // Nearly all come last: then it is all that waits.
      boolean last =
          own.waiting.isEmpty() || Entry.BY_DEADLINE.compare(newcomer, own.waiting.last()) > 0;
      if (last) {
        calls = own.waiting.size();
        waiting = own.waitingWork;
      } else {
        for (Entry entry : own.waiting.headSet(newcomer)) {
          calls++;
          waiting += entry.need.work();
        }
      }
    }
    double until = served + waiting;
    double ahead = waiting;
    for (Tenant other : backlogged) {
      if (other.served >= until) {
        break;
      }
      if (other != own) {
        double behind = Math.min((double) other.waitingWork, until - other.served);
        ahead += behind;
        calls += (int) Math.ceil(behind / other.waitingWork * other.waiting.size());
      }
    }
    newcomer.callsAhead = calls;
    newcomer.workAhead = (long) ahead;
  }

  /// All that wait, in the order in which they would start if nobody else came and answers were as
  /// long as is thought. O(calls that wait, times the logarithm of tenants).
  void inTurn(Consumer<Entry> each) {
    record Turn(double served, Tenant tenant, Iterator<Entry> waiting) {}
    var turns =
        new PriorityQueue<Turn>(
            Comparator.comparingDouble(Turn::served)
                .thenComparingLong(turn -> turn.tenant().order));
    for (Tenant tenant : backlogged) {
      turns.add(new Turn(tenant.served, tenant, tenant.waiting.iterator()));
    }
    for (Turn turn = turns.poll(); turn != null; turn = turns.poll()) {
      Entry entry = turn.waiting.next();
      each.accept(entry);
      if (turn.waiting.hasNext()) {
        turns.add(new Turn(turn.served + entry.need.work(), turn.tenant, turn.waiting));
      }
    }
  }

  /// The call that may be given up first: the latest deadline of the tenant that has had, and waits
  /// for, the most. O(tenants that wait).
  @Nullable Entry worst() {
    Tenant most = null;
    for (Tenant tenant : backlogged) {
      if (most == null || claim(tenant) > claim(most)) {
        most = tenant;
      }
    }
    return most == null ? null : most.waiting.last();
  }

  /// Whether a newcomer should have the place of that entry, which waits here.
  boolean better(Entry newcomer, Entry worst) {
    Tenant own = tenants.get(newcomer.call.caller().tenant());
    Tenant other = Objects.requireNonNull(worst.tenant);
    if (own == other) {
      return Entry.BY_DEADLINE.compare(newcomer, worst) < 0;
    }
    double claim = own == null ? floor() : lifted(own) + own.waitingWork;
    return claim + newcomer.need.work() < claim(other);
  }

  private static double claim(Tenant tenant) {
    return tenant.served + tenant.waitingWork;
  }

  /// Calls that wait.
  int calls() {
    return calls;
  }

  /// Work that waits.
  long work() {
    return work;
  }

  private Tenant tenant(String name) {
    Tenant tenant = tenants.get(name);
    if (tenant == null) {
      tenant = new Tenant(name, order++);
      tenants.put(name, tenant);
    }
    return tenant;
  }

  /// Forgets idle tenants that would be lifted anyway, whenever there are twice as many as were
  /// left.
  private void forget() {
    if (tenants.size() > forgetAt) {
      double floor = floor();
      tenants.values().removeIf(tenant -> tenant.idle() && tenant.served <= floor);
      forgetAt = Math.max(KEPT_TENANTS, 2 * tenants.size());
    }
  }
}
