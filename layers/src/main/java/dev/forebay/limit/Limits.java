package dev.forebay.limit;

import dev.forebay.limit.Decision.Forbidden;
import dev.forebay.limit.Decision.NeverFits;
import dev.forebay.limit.Decision.Passed;
import dev.forebay.limit.Decision.Refused;
import dev.forebay.limit.Limit.Kind;
import dev.forebay.pipeline.Allowance;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Progress;
import dev.forebay.pipeline.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Everybody's limits: what may pass, what was taken, what is given back.
///
/// A call passes if every limit of every level passes, and only then is anything taken. One lock
/// makes that a single step: all are asked, then of all is taken. It is held for well under a
/// microsecond, and nothing is called while it is held. Safe for many loops at once.
public final class Limits {
  /// By how much more is taken at a time for an answer that outgrows what was taken for it.
  static final long STEP = 256;

  private final Keys keys;
  private LimitConfig config;
  private Subject global = Subject.UNLIMITED;
  private Map<String, Subject> models = Map.of();
  private Map<String, TenantAccount> tenants = Map.of();
  private TenantAccount anonymous = new TenantAccount(Caller.ANONYMOUS.tenant());
  private Subject address = Subject.UNLIMITED;
  private Subject user = Subject.UNLIMITED;
  private List<Meter> meters = List.of();
  private @Nullable Grant oldest;
  private @Nullable Grant newest;
  private int grants;

  /// @param secret by which addresses and end users are spread over tables; known to nobody
  /// @param now the loops' clock
  public Limits(LimitConfig config, long secret, long now) {
    this.keys = new Keys(secret);
    this.config = config;
    become(config, now);
  }

  /// The class that a call of the tenant has.
  ///
  /// @param asked what the caller asked for, 0..3; a more urgent one than its tenant may have is
  ///   lowered
  public synchronized int priority(String tenant, int asked) {
    return Math.max(asked, account(tenant).config().priority());
  }

  /// Whether the tenant may call the model, as pools serve it.
  public synchronized boolean mayCall(String tenant, String model) {
    return account(tenant).config().mayCall(model);
  }

  /// Lets the call pass, or says why not and for how long.
  ///
  /// @param now the loops' clock
  /// @param wallMillis since 1970 in UTC, for budgets
  public Decision admit(Call call, long now, long wallMillis) {
    Request request = call.request();
    Caller caller = call.caller();
    long addressKey = keys.of(caller.network());
    String named = request.user();
    long userKey = named == null ? 0 : keys.of(caller.tenant(), named);
    synchronized (this) {
      TenantAccount account = account(caller.tenant());
      if (!account.config().mayCall(request.model())) {
        return new Forbidden("tenant " + account.name() + " may not call model " + request.model());
      }
      Subject ofModel = models.getOrDefault(request.model(), Subject.UNLIMITED);
      Subject ofKey = account.key(caller.key());
      Subject ofUser = named == null ? Subject.UNLIMITED : user;
      ModelConfig model = config.model(request.model());
      Grant grant =
          new Grant(
              call.id(),
              now,
              TokenEstimate.prompt(request, model),
              model,
              global.size()
                  + ofModel.size()
                  + account.limits().size()
                  + ofKey.size()
                  + address.size()
                  + ofUser.size());
      grant.add(global, 0);
      grant.add(ofModel, 0);
      grant.add(account.limits(), 0);
      grant.add(ofKey, 0);
      grant.add(address, addressKey);
      grant.add(ofUser, userKey);
      grant.state.account = account;
      grant.leeway(account.config().leeway());
      grant.state.outputTokens = TokenEstimate.output(request, config.outputTokens());
      return decide(grant, account.budget(), now, wallMillis);
    }
  }

  private Decision decide(Grant grant, @Nullable BudgetMeter budget, long now, long wallMillis) {
    var rules = new Rule[grant.size()];
    var values = new long[grant.size()];
    Meter worst = null;
    long longest = 0;
    long refused = 0;
    for (int i = 0; i < grant.size(); i++) {
      Meter meter = grant.meter(i);
      rules[i] = meter.rule();
      values[i] = meter.value(grant.key(i), now);
      long wait = meter.waitAt(values[i], units(meter.kind(), grant), now);
      if (wait > 0) {
        meter.countRefused();
        refused |= 1L << i;
        if (!meter.limit().shadow() && wait > longest) {
          worst = meter;
          longest = wait;
        }
      }
    }
    boolean budgetTaken = false;
    boolean budgetWorst = false;
    Consulted.OfBudget ofBudget = null;
    if (budget != null) {
      grant.state.setAsideMicros =
          BudgetMeter.micros(grant.promptTokens(), grant.state.outputTokens, grant.model());
      long wait = budget.wait(grant.state.setAsideMicros, wallMillis);
      budgetTaken = wait == 0;
      ofBudget =
          new Consulted.OfBudget(
              budget.config(), grant.state.setAsideMicros, budget.left(), wait > 0);
      if (wait > 0) {
        budget.countRefused();
        budgetWorst = !budget.config().shadow() && wait > longest;
        longest = budgetWorst ? wait : longest;
      }
    }
    Consulted consulted =
        rules.length == 0 && ofBudget == null
            ? null
            : new Consulted(rules, values, refused, units(Kind.TOKENS, grant), now, ofBudget);
    return longest > 0
        ? refused(grant, budgetWorst ? null : worst, longest, consulted)
        : take(grant, refused, budgetTaken ? budget : null, consulted, now);
  }

  /// @param worst the limit that takes longest; null if that is the budget
  private static Decision refused(
      Grant grant, @Nullable Meter worst, long wait, @Nullable Consulted consulted) {
    String words = worst != null ? worst.rule().words() : "the budget of this tenant";
    if (wait == Long.MAX_VALUE) {
      long tokens = grant.promptTokens() + grant.state.outputTokens;
      return new NeverFits(
          "this request may need " + tokens + " tokens, more than can ever pass: " + words,
          consulted);
    }
    Reason reason =
        worst == null
            ? Reason.BUDGET_SPENT
            : switch (worst.kind()) {
              case REQUESTS -> Reason.RATE_LIMITED;
              case TOKENS -> Reason.TOKENS_LIMITED;
              case CONCURRENCY -> Reason.CONCURRENCY_LIMITED;
            };
    return new Refused(reason, wait, allowance(grant, grant.sinceNanos(), words), consulted);
  }

  private Passed take(
      Grant grant,
      long except,
      @Nullable BudgetMeter budget,
      @Nullable Consulted consulted,
      long now) {
    long delay = 0;
    for (int i = 0; i < grant.size(); i++) {
      Meter meter = grant.meter(i);
      long key = grant.key(i);
      boolean refusedInShadow = (except >>> i & 1) != 0;
      if (!refusedInShadow && meter.take(key, units(meter.kind(), grant), now)) {
        meter.countPassed();
        grant.take(i);
        if (meter instanceof RateMeter rate && !meter.limit().shadow()) {
          delay = Math.max(delay, rate.delay(key, now));
        }
      }
    }
    if (budget != null) {
      budget.setAside(grant.state.setAsideMicros);
      grant.state.budget = budget;
    }
    link(grant);
    return new Passed(grant, delay, allowance(grant, now, null), consulted);
  }

  private static long units(Kind kind, Grant grant) {
    return switch (kind) {
      case REQUESTS, CONCURRENCY -> 1;
      case TOKENS -> grant.promptTokens() + grant.state.outputTokens;
    };
  }

  /// The tightest of the caller's own limits: the one of which least is left.
  private static Allowance allowance(Grant grant, long now, @Nullable String refusal) {
    Allowance.Window requests = null;
    Allowance.Window tokens = null;
    for (int i = 0; i < grant.size(); i++) {
      Meter meter = grant.meter(i);
      if (meter instanceof RateMeter rate
          && meter.level().ownedByCaller()
          && !meter.limit().shadow()) {
        Allowance.Window window = rate.window(grant.key(i), now);
        if (meter.kind() == Kind.REQUESTS) {
          requests = tighter(requests, window);
        } else {
          tokens = tighter(tokens, window);
        }
      }
    }
    return new Allowance(requests, tokens, refusal);
  }

  private static Allowance.Window tighter(Allowance.@Nullable Window one, Allowance.Window other) {
    return one == null || other.remaining() < one.remaining() ? other : one;
  }

  /// Takes more for an answer that has outgrown what was taken for it, as a debt if need be: what
  /// runs is not cut off.
  public void meter(Grant grant, Progress progress, long now) {
    long generated = progress.completionTokens();
    synchronized (this) {
      long beyond = generated - grant.state.outputTokens;
      if (grant.state.open && beyond > 0) {
        long before = units(Kind.TOKENS, grant);
        grant.state.outputTokens += (beyond + STEP - 1) / STEP * STEP;
        settleTokens(grant, before, units(Kind.TOKENS, grant), now);
      }
    }
  }

  /// Gives permits back and makes of what was taken what was really used. Does nothing the second
  /// time.
  ///
  /// @param progress of the last attempt; without content no engine worked, and no tokens are taken
  /// @return what the call came to
  public Settlement settle(Grant grant, Progress progress, long now, long wallMillis) {
    Settlement settlement = settlement(grant, progress);
    synchronized (this) {
      if (!grant.state.open) {
        return Settlement.NOTHING;
      }
      unlink(grant);
      settleTokens(grant, units(Kind.TOKENS, grant), settlement.tokens(), now);
      for (int i = 0; i < grant.size(); i++) {
        if (grant.took(i) && grant.meter(i) instanceof ConcurrencyMeter permits) {
          permits.giveBack(grant.key(i), now - grant.sinceNanos());
        }
      }
      TenantAccount account = grant.state.account;
      if (account != null) {
        account.used(settlement);
        BudgetMeter budget = grant.state.budget;
        if (budget != null) {
          budget.spend(
              grant.state.setAsideMicros,
              settlement.promptTokens(),
              settlement.outputTokens(),
              grant.model(),
              wallMillis);
        }
      }
    }
    return settlement;
  }

  private static Settlement settlement(Grant grant, Progress progress) {
    if (progress.usageIsWhole()) {
      return new Settlement(progress.promptTokens(), progress.completionTokens(), false);
    }
    if (!progress.content()) {
      return Settlement.NOTHING;
    }
    long prompt = progress.promptTokens() > 0 ? progress.promptTokens() : grant.promptTokens();
    return new Settlement(prompt, progress.completionTokens(), true);
  }

  private static void settleTokens(Grant grant, long taken, long actual, long now) {
    for (int i = 0; i < grant.size(); i++) {
      if (grant.took(i) && grant.meter(i) instanceof RateMeter rate && rate.kind() == Kind.TOKENS) {
        rate.settle(grant.key(i), taken, actual, now);
      }
    }
  }

  private void link(Grant grant) {
    grant.state.open = true;
    grant.state.older = newest;
    if (newest == null) {
      oldest = grant;
    } else {
      newest.state.newer = grant;
    }
    newest = grant;
    grants++;
  }

  private void unlink(Grant grant) {
    Grant older = grant.state.older;
    Grant newer = grant.state.newer;
    if (older == null) {
      oldest = newer;
    } else {
      older.state.newer = newer;
    }
    if (newer == null) {
      newest = older;
    } else {
      newer.state.older = older;
    }
    grant.state.open = false;
    grants--;
  }

  private TenantAccount account(String tenant) {
    return tenants.getOrDefault(tenant, anonymous);
  }

  /// Goes on under another configuration, from one call to the next. A limit that stays keeps what
  /// was taken of it, counted in units, also if its rate changes; one that is gone is forgotten.
  public synchronized void become(LimitConfig next, long now) {
    var reload = new Reload(meters, next.remembered(), now);
    config = next;
    global = reload.one(Level.GLOBAL, "", next.global());
    address = reload.each(Level.ADDRESS, next.address());
    user = reload.each(Level.USER, next.user());
    var nextModels = new LinkedHashMap<String, Subject>();
    next.models()
        .forEach(
            (name, model) -> nextModels.put(name, reload.one(Level.MODEL, name, model.limits())));
    models = nextModels;
    var nextTenants = new LinkedHashMap<String, TenantAccount>();
    next.tenants()
        .forEach((name, tenant) ->
            nextTenants.put(name, reload.tenant(known(name), tenant, next.limitsOf(tenant))));
    tenants = nextTenants;
    TenantAccount named = nextTenants.get(anonymous.name());
    anonymous = named != null ? named : reload.tenant(anonymous, TenantConfig.OPEN, LimitSet.NONE);
    meters = reload.meters();
  }

  private TenantAccount known(String tenant) {
    if (tenant.equals(anonymous.name())) {
      return anonymous;
    }
    TenantAccount account = tenants.get(tenant);
    return account == null ? new TenantAccount(tenant) : account;
  }

  /// Compares the permits held with the grants that hold them. Walks over all of them under the
  /// lock, some 10 ns each.
  ///
  /// @param openCalls calls on the path now, as somebody else counts them
  public synchronized PermitAudit audit(LongSupplier openCalls, long now) {
    var owned = new LinkedHashMap<Meter, Owned>();
    for (Meter meter : meters) {
      if (meter instanceof ConcurrencyMeter) {
        owned.put(meter, new Owned());
      }
    }
    for (Grant grant = oldest; grant != null; grant = grant.state.newer) {
      for (int i = 0; i < grant.size(); i++) {
        Owned of = grant.took(i) ? owned.get(grant.meter(i)) : null;
        if (of != null) {
          of.count++;
          of.oldest = of.oldest == null ? grant : of.oldest;
        }
      }
    }
    var lines = new ArrayList<PermitAudit.Line>();
    owned.forEach((meter, of) -> lines.add(of.line((ConcurrencyMeter) meter, now)));
    return new PermitAudit(lines, grants, openCalls.getAsLong());
  }

  /// What the audit found of one limit.
  private static final class Owned {
    private long count;
    private @Nullable Grant oldest;

    PermitAudit.Line line(ConcurrencyMeter meter, long now) {
      return new PermitAudit.Line(
          meter.level(),
          meter.subject(),
          meter.held(),
          count,
          oldest == null ? Duration.ZERO : Duration.ofNanos(now - oldest.sinceNanos()),
          oldest == null ? "" : oldest.owner());
    }
  }

  /// What came of each limit so far.
  public synchronized List<LimitReading> readings() {
    return meters.stream().map(Meter::reading).toList();
  }

  /// What each tenant used so far and has left, `anonymous` the last.
  ///
  /// @param now the loops' clock
  public synchronized List<TenantReading> tenantReadings(long now) {
    var accounts = new LinkedHashMap<>(tenants);
    accounts.putIfAbsent(anonymous.name(), anonymous);
    return accounts.values().stream().map(account -> account.reading(now)).toList();
  }
}
