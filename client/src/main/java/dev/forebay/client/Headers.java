package dev.forebay.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Headers of a request or an answer; names in lower case, in the order of the alphabet. Immutable.
/// What they hold is not told by `toString`, for one of them is the caller's key.
public final class Headers {
  public static final Headers NONE = new Headers(Map.of());

  private final Map<String, List<String>> values;

  private Headers(Map<String, List<String>> values) {
    this.values = values;
  }

  /// A copy of headers by name, in any case.
  ///
  /// @throws IllegalArgumentException if a value has a control character
  public static Headers of(Map<String, ? extends List<String>> headers) {
    var values = new TreeMap<String, List<String>>();
    headers.forEach((name, all) -> values.merge(lower(name), List.copyOf(all), Headers::joined));
    return new Headers(Collections.unmodifiableMap(values));
  }

  /// Said without the value, which may be a key.
  private static List<String> checked(String name, List<String> values) {
    if (values.stream().anyMatch(value -> value.chars().anyMatch(Headers::isControl))) {
      throw new IllegalArgumentException(
          "header " + name + " must be without line ends and other control characters");
    }
    return List.copyOf(values);
  }

  private static boolean isControl(int c) {
    return (c < ' ' && c != '\t') || c == 0x7f;
  }

  private static List<String> joined(List<String> a, List<String> b) {
    var all = new ArrayList<>(a);
    all.addAll(b);
    return List.copyOf(all);
  }

  /// The same with this header, in place of what it was.
  ///
  /// @throws IllegalArgumentException if the value has a control character
  public Headers with(String name, String value) {
    var all = new TreeMap<>(values);
    all.put(lower(name), checked(name, List.of(value)));
    return new Headers(Collections.unmodifiableMap(all));
  }

  /// The same with this header, unless it is there already.
  public Headers withDefault(String name, String value) {
    return values.containsKey(lower(name)) ? this : with(name, value);
  }

  /// The same, laid over others.
  public Headers over(Headers others) {
    var all = new TreeMap<>(others.values);
    all.putAll(values);
    return new Headers(Collections.unmodifiableMap(all));
  }

  /// The first value of a header; null if it is absent.
  public @Nullable String first(String name) {
    List<String> all = values.get(lower(name));
    return all == null || all.isEmpty() ? null : all.get(0);
  }

  public Map<String, List<String>> all() {
    return values;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return values.keySet().toString();
  }
}
