package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.SimulatedCall;
import dev.forebay.lab.simulator.SimulatedFleet;
import dev.forebay.lab.simulator.VirtualLoop;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Held;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A contender between two stages that see who waits and who is served what, from outside: a call
/// waits from when it comes until it goes to an engine, and is served its prompt when its first
/// content comes and each token of its output as it comes, as the engine counts them and a token of
/// output as two of prompt.
///
/// Looks every 50 ms. For one run; all its calls must be of one class.
final class Witness implements Contender {
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(50);

  /// The share of the time in which two waited. A tenant that waited for less wanted less than its
  /// share.
  private static final double NEARLY_ALWAYS = 0.8;

  private final Contender watched;
  private final double ahead;
  private final Map<String, Tenant> tenants = new HashMap<>();
  private final Map<Call, Visit> visits = new HashMap<>();
  private int looks;
  private int shared;
  private double widest;

  /// @param ahead work units by which a tenant may be before its turn
  Witness(Contender watched, double ahead) {
    this.watched = watched;
    this.ahead = ahead;
  }

  @Override
  public String name() {
    return watched.name();
  }

  @Override
  public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
    loop.after(LOOK, () -> look(loop));
    List<Stage> stages = new ArrayList<>();
    stages.add(this::comes);
    stages.addAll(watched.stages(fleet, loop, seed));
    stages.add(this::starts);
    return stages;
  }

  private void comes(Call call, Next next) {
    var name = call.caller().tenant();
    Tenant tenant = tenants.computeIfAbsent(name, _ -> new Tenant(tenants.size()));
    var visit = new Visit((SimulatedCall) call, tenant);
    visits.put(call, visit);
    tenant.waiting++;
    call.hold(visit);
    next.proceed(call);
  }

  private void starts(Call call, Next next) {
    Objects.requireNonNull(visits.get(call)).start();
    next.proceed(call);
  }

  private void look(VirtualLoop loop) {
    List<Tenant> waited = new ArrayList<>();
    for (Tenant tenant : tenants.values()) {
      if (tenant.looked()) {
        waited.add(tenant);
      }
    }
    looks++;
    shared += waited.size() > 1 ? 1 : 0;
    for (Tenant one : waited) {
      for (Tenant other : waited) {
        if (one.number < other.number) {
          widest = Math.max(widest, one.ahead(other, looks));
        }
      }
    }
    loop.after(LOOK, () -> look(loop));
  }

  /// What was seen until now.
  Fairness seen() {
    double most = 0;
    for (Tenant tenant : tenants.values()) {
      most = Math.max(most, 2.0 * tenant.mostTokens + tenant.mostPrompts);
    }
    double[] rates =
        tenants.values().stream()
            .filter(tenant -> tenant.looksWaiting > NEARLY_ALWAYS * shared)
            .mapToDouble(tenant -> tenant.served)
            .toArray();
    return new Fairness(
        tenants.size(),
        (double) shared / Math.max(1, looks),
        widest,
        2 * (most + ahead),
        jain(rates));
  }

  /// (Σ x)² / (n Σ x²): 1 if all are alike, 1/n if one has everything.
  private static double jain(double[] x) {
    double sum = Arrays.stream(x).sum();
    double squares = Arrays.stream(x).map(each -> each * each).sum();
    return x.length < 2 ? Double.NaN : sum * sum / (x.length * squares);
  }

  private final class Visit implements Held {
    private final SimulatedCall call;
    private final Tenant tenant;
    private boolean started;

    Visit(SimulatedCall call, Tenant tenant) {
      this.call = call;
      this.tenant = tenant;
    }

    void start() {
      started = true;
      tenant.stopsWaiting();
      tenant.running.add(this);
      tenant.underWay(1, this);
    }

    /// Work units that it was served.
    double served() {
      return call.progress().content()
          ? call.intent().promptTokens() + 2.0 * call.progress().deltas()
          : 0;
    }

    @Override
    public void close() {
      visits.remove(call);
      if (started) {
        tenant.running.remove(this);
        tenant.underWay(-1, this);
        tenant.ended += served();
      } else {
        tenant.stopsWaiting();
      }
    }
  }

  private static final class Tenant {
    private final int number;
    private final Set<Visit> running = new LinkedHashSet<>();
    private int waiting;

    /// Whether it has waited at every moment since the last look.
    private boolean always;

    private double ended;
    private double served;
    private int looksWaiting;

    private long tokens;
    private long mostTokens;
    private long prompts;
    private long mostPrompts;

    private Lead[] leads = new Lead[0];

    Tenant(int number) {
      this.number = number;
    }

    void stopsWaiting() {
      waiting--;
      always &= waiting > 0;
    }

    /// What its calls under way will have come to, and what was promised for their prompts.
    void underWay(int sign, Visit visit) {
      var intent = visit.call.intent();
      tokens += (long) sign * (intent.promptTokens() + intent.outputTokens());
      long estimate = visit.call.request().prompt().tokens();
      prompts += sign * Math.max(intent.promptTokens(), estimate);
      mostTokens = Math.max(mostTokens, tokens);
      mostPrompts = Math.max(mostPrompts, prompts);
    }

    /// @return whether it has waited all the time since the last look
    boolean looked() {
      served = ended + running.stream().mapToDouble(Visit::served).sum();
      boolean waited = always;
      looksWaiting += waited ? 1 : 0;
      always = waiting > 0;
      return waited;
    }

    /// By how much more one of the two was served in any stretch of the time for which both have
    /// been waiting.
    double ahead(Tenant other, int look) {
      if (leads.length <= other.number) {
        leads = Arrays.copyOf(leads, 2 * other.number + 1);
      }
      Lead lead = leads[other.number];
      if (lead == null || lead.look != look - 1) {
        lead = new Lead();
        leads[other.number] = lead;
      }
      lead.look = look;
      lead.low = Math.min(lead.low, served - other.served);
      lead.high = Math.max(lead.high, served - other.served);
      return lead.high - lead.low;
    }
  }

  private static final class Lead {
    private int look;
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;
  }
}
