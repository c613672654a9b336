package dev.forebay.server.admin;

import dev.forebay.limit.PermitAudit;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes who holds permits of concurrency now: for each limit how many, since when the oldest, and
/// by which call. Safe for many threads at once.
public final class PermitsJson implements Supplier<String> {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Supplier<PermitAudit> audit;

  public PermitsJson(Supplier<PermitAudit> audit) {
    this.audit = audit;
  }

  @Override
  public String get() {
    PermitAudit now = audit.get();
    ObjectNode root = JSON.createObjectNode();
    root.put("difference", now.difference());
    root.put("grants", now.grants());
    root.put("open_calls", now.openCalls());
    ArrayNode limits = root.putArray("limits");
    for (PermitAudit.Line line : now.limits()) {
      ObjectNode each = limits.addObject();
      each.put("level", line.level().toString());
      each.put("subject", line.subject());
      each.put("held", line.held());
      each.put("owned", line.owned());
      each.put("oldest_ms", line.oldest().toMillis());
      each.put("owner", line.owner());
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }
}
