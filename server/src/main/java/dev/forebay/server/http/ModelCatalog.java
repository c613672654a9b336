package dev.forebay.server.http;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The models of all pools as `/v1/models` lists them.
public final class ModelCatalog {
  private static final JsonMapper JSON = new JsonMapper();
  private final Supplier<Map<String, String>> owners;

  /// @param owners the pool of each model and alias, by its name, in the order of the list
  public ModelCatalog(Supplier<Map<String, String>> owners) {
    this.owners = owners;
  }

  /// One model as JSON, or null if nobody serves it.
  @Nullable String one(String id) {
    String pool = owners.get().get(id);
    return pool == null ? null : entry(id, pool).toString();
  }

  /// All models as JSON.
  String all() {
    List<ObjectNode> entries =
        owners.get().entrySet().stream().map(e -> entry(e.getKey(), e.getValue())).toList();
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
