package dev.forebay.retry;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Degradation;
import dev.forebay.pipeline.Degradation.Step;
import dev.forebay.pipeline.Leeway;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The smaller forms in which a call is tried before it is refused, if its tenant agreed to that:
/// each step by itself, in the tenant's order, and then all of them together.
///
/// Stateless; O(models of the family).
public final class Ladder {
  /// Nobody is degraded.
  public static final Ladder NONE = new Ladder(new DegradeConfig(Map.of(), 1));

  private final DegradeConfig config;

  public Ladder(DegradeConfig config) {
    this.config = config;
  }

  /// One form, and where it can be had.
  record Rung(Pool pool, String model, Degradation degradation) {}

  /// The rungs of a call, the first to be tried first.
  ///
  /// @param own the pool that serves what was asked for
  List<Rung> rungs(Call call, Fleet fleet, Pool own) {
    Leeway leeway = call.leeway();
    if (leeway.steps().isEmpty() || !makesText(call.request().operation())) {
      return List.of();
    }
    Map<String, Pool> smaller = smaller(call, fleet);
    int most = bound(call);
    List<Rung> rungs = new ArrayList<>();
    for (Step step : leeway.steps()) {
      switch (step) {
        case MODEL -> addModels(smaller, 0, rungs);
        case MAX_TOKENS -> {
          if (most > 0) {
            rungs.add(new Rung(own, call.request().model(), new Degradation(null, most)));
          }
        }
      }
    }
    if (most > 0) {
      addModels(smaller, most, rungs);
    }
    return rungs;
  }

  /// What another model makes of it is of use to who asked: text is, a vector is not.
  private static boolean makesText(Operation operation) {
    return switch (operation) {
      case CHAT, COMPLETION, RESPONSES, MESSAGES -> true;
      case EMBEDDINGS, STORED, PASS_THROUGH -> false;
    };
  }

  private static void addModels(Map<String, Pool> smaller, int most, List<Rung> rungs) {
    smaller.forEach(
        (model, pool) -> rungs.add(new Rung(pool, model, new Degradation(model, most))));
  }

  /// The smaller models that may answer, largest first, with who serves them. None for what later
  /// calls will ask for: they name the model that was asked for, and their replica would not know
  /// it.
  private Map<String, Pool> smaller(Call call, Fleet fleet) {
    Map<String, Pool> smaller = new LinkedHashMap<>();
    Request request = call.request();
    if (!call.leeway().steps().contains(Step.MODEL) || !call.renames() || request.stores()) {
      return smaller;
    }
    for (String model = config.smaller().get(request.model());
        model != null;
        model = config.smaller().get(model)) {
      Pool pool = call.leeway().allows(model) ? fleet.poolFor(request.forModel(model)) : null;
      if (pool != null) {
        smaller.put(model, pool);
      }
    }
    return smaller;
  }

  /// The bound that would be set; 0 if that would change nothing, or may not be.
  private int bound(Call call) {
    int asked = call.request().maxTokens();
    boolean less = asked == 0 || asked > config.maxTokens();
    return less && call.bounds() && call.leeway().steps().contains(Step.MAX_TOKENS)
        ? config.maxTokens()
        : 0;
  }
}
