package dev.forebay.server.config;

import dev.forebay.server.setting.Secret;
import dev.forebay.server.setting.Spans;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// A configuration as people read it: every key with the value that holds, secrets masked.
/// Immutable; safe for all threads.
public final class Settings {
  /// What is opened, bound or started once; another value needs another process. Keys that begin
  /// with one of these are meant too.
  private static final List<String> FIXED =
      List.of(
          "http.listen",
          "http.loops",
          "http.tls",
          "admin.listen",
          "gpu.affinity",
          "revokedKeys",
          "log");

  private final GatewayConfig config;
  private final Map<String, Object> byKey = new LinkedHashMap<>();

  public Settings(GatewayConfig config) {
    this.config = config;
    flatten("", config);
  }

  /// Maps, lists, text, numbers and truth values, nested as in the file. A secret is `***`.
  public Object tree() {
    return tree(config);
  }

  /// Eight hexadecimal digits that depend on every value but secrets.
  public String hash() {
    try {
      byte[] shown = byKey.toString().getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(shown);
      return HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /// The keys that have another value in `next`, as `gpu.slowStart` or `pools.chat.key`.
  public List<String> changed(Settings next) {
    Set<String> keys = new LinkedHashSet<>(byKey.keySet());
    keys.addAll(next.byKey.keySet());
    keys.removeIf(key -> Objects.equals(byKey.get(key), next.byKey.get(key)));
    if (keys.isEmpty() && !order().equals(next.order())) {
      return List.of(Reference.POOLS);
    }
    return List.copyOf(keys);
  }

  /// Of these keys those that cannot change while the gateway runs.
  public static List<String> fixed(List<String> keys) {
    return keys.stream()
        .filter(key -> FIXED.stream().anyMatch(it -> key.equals(it) || key.startsWith(it + ".")))
        .toList();
  }

  /// Of two pools that learn the same model, the first serves it.
  private List<String> order() {
    return List.copyOf(config.pools().keySet());
  }

  private void flatten(String path, Object value) {
    switch (value) {
      case Map<?, ?> map when !map.isEmpty() ->
          map.forEach((key, each) -> flatten(Binder.join(path, String.valueOf(key)), each));
      case Record group when Binder.isGroup(group.getClass()) ->
          components(group).forEach((key, each) -> flatten(Binder.join(path, key), each));
      default -> byKey.put(path, value);
    }
  }

  private static Object tree(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        var shown = new LinkedHashMap<String, Object>();
        map.forEach((key, each) -> shown.put(String.valueOf(key), tree(each)));
        yield Collections.unmodifiableMap(shown);
      }
      case List<?> list -> {
        var shown = new ArrayList<Object>();
        list.forEach(each -> shown.add(tree(each)));
        yield Collections.unmodifiableList(shown);
      }
      case Record group when Binder.isGroup(group.getClass()) -> tree(components(group));
      case Duration span -> Spans.print(span);
      case Enum<?> constant -> Binder.keyword(constant);
      case Long number when number == Long.MAX_VALUE -> Binder.NONE;
      case Number number -> number;
      case Boolean truth -> truth;
      case Secret secret -> secret.toString();
      default -> value.toString();
    };
  }

  private static Map<String, Object> components(Record group) {
    var values = new LinkedHashMap<String, Object>();
    for (RecordComponent component : group.getClass().getRecordComponents()) {
      try {
        values.put(component.getName(), component.getAccessor().invoke(group));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("records of the configuration are public", e);
      }
    }
    return values;
  }
}
