package dev.forebay.server.http;

import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The models of all pools as `/v1/models` lists them.
public final class ModelCatalog {
  private static final JsonMapper JSON = new JsonMapper();
  private final Supplier<Map<String, String>> owners;
  private final BiPredicate<String, String> mayCall;

  /// @param owners the pool of each model and alias, by its name, in the order of the list
  /// @param mayCall whether a tenant may call a model or alias
  public ModelCatalog(Supplier<Map<String, String>> owners, BiPredicate<String, String> mayCall) {
    this.owners = owners;
    this.mayCall = mayCall;
  }

  /// One model as JSON, or null if nobody serves it to the tenant.
  @Nullable String one(String id, String tenant) {
    String pool = owners.get().get(id);
    return pool == null || !mayCall.test(tenant, id) ? null : entry(id, pool).toString();
  }

  /// All models that the tenant may call, as JSON.
  String all(String tenant) {
    List<ObjectNode> entries =
        owners.get().entrySet().stream()
            .filter(each -> mayCall.test(tenant, each.getKey()))
            .map(each -> entry(each.getKey(), each.getValue()))
            .toList();
    ObjectNode root = JSON.createObjectNode().put("object", "list");
    root.putArray("data").addAll(entries);
    return root.toString();
  }

  private static ObjectNode entry(String id, String pool) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", pool);
  }
}
