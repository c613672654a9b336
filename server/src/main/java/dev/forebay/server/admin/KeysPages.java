package dev.forebay.server.admin;

import dev.forebay.server.admin.Page.Content;
import dev.forebay.server.http.KeyConfig;
import dev.forebay.server.http.Revocations;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The keys that callers may show: lists them, never with their hashes, and revokes them. Safe for
/// many threads at once.
public final class KeysPages {
  private static final Logger LOG = LoggerFactory.getLogger(KeysPages.class);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Supplier<List<KeyConfig>> keys;
  private final Revocations revocations;

  /// @param keys of the present configuration
  public KeysPages(Supplier<List<KeyConfig>> keys, Revocations revocations) {
    this.keys = keys;
    this.revocations = revocations;
  }

  public List<Page> pages() {
    return List.of(
        Page.json("/admin/keys", this::list), Page.removal("/admin/keys/", this::revoke));
  }

  private String list() {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode list = root.putArray("keys");
    for (KeyConfig key : keys.get()) {
      ObjectNode each = list.addObject();
      each.put("id", key.id());
      each.put("tenant", key.tenant());
      each.put("revoked", revocations.contains(key.id()));
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private Content revoke(String id) {
    if (keys.get().stream().noneMatch(key -> key.id().equals(id))) {
      return Content.text(404, "There is no key " + id + ".\n");
    }
    try {
      revocations.revoke(id);
    } catch (IOException e) {
      LOG.error("key {} could not be revoked", id, e);
      return Content.text(500, "Key " + id + " is not revoked: " + e.getMessage() + "\n");
    }
    LOG.info("key {} is revoked", id);
    return Content.text(200, "Key " + id + " is revoked.\n");
  }
}
