package dev.forebay.server.admin;

import dev.forebay.limit.TenantReading;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes what each tenant may have, used and has left. Safe for many threads at once.
public final class TenantsJson implements Supplier<String> {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Supplier<List<TenantReading>> readings;

  public TenantsJson(Supplier<List<TenantReading>> readings) {
    this.readings = readings;
  }

  @Override
  public String get() {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode tenants = root.putArray("tenants");
    for (TenantReading reading : readings.get()) {
      ObjectNode each = tenants.addObject();
      each.put("tenant", reading.tenant());
      each.put("tokens", reading.tokens());
      each.put("estimated_tokens", reading.estimatedTokens());
      ArrayNode limits = each.putArray("limits");
      for (TenantReading.Line line : reading.limits()) {
        limits
            .addObject()
            .put("limit", line.limit())
            .put("shadow", line.shadow())
            .put("left", line.left())
            .put("passed", line.passed())
            .put("refused", line.refused());
      }
      if (reading.budget() != null) {
        budget(reading.budget(), each.putObject("budget"));
      }
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private static void budget(TenantReading.Budget budget, ObjectNode json) {
    json.put("amount", budget.amount().toString());
    json.put("spent", budget.spent().toString());
    json.put("set_aside", budget.setAside().toString());
    json.put("left", budget.left().toString());
    json.put("refused", budget.refused());
  }
}
