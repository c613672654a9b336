package dev.forebay.server.config;

import dev.forebay.fleet.Rate;
import dev.forebay.limit.Money;
import dev.forebay.server.config.Tree.Mapping;
import dev.forebay.server.config.Tree.Nothing;
import dev.forebay.server.config.Tree.Scalar;
import dev.forebay.server.config.Tree.Sequence;
import dev.forebay.server.setting.Address;
import dev.forebay.server.setting.Secret;
import dev.forebay.server.setting.Sizes;
import dev.forebay.server.setting.Spans;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Turns a tree into records, strictly: each component has its key, each key its component. Goes on
/// after an error, so that one start tells them all. Not safe for several threads.
///
/// A number may be written as a size where the reference writes it as one, and as `none`, the
/// largest there is, where the reference does. A key that is missing has the reference's default.
final class Binder {
  /// The largest number, in YAML.
  static final String NONE = "none";

  /// Records that are written as one value.
  private static final Set<Class<?>> VALUES =
      Set.of(Address.class, Secret.class, Rate.class, Money.class);

  private static final Pattern ISO_SPAN = Pattern.compile("-?PT[-0-9HMS.]+");

  /// @param line 0 if the value comes from the reference
  private record Refusal(int line, String error) {
    @Override
    public String toString() {
      return line > 0 ? "line " + line + ": " + error : error;
    }
  }

  private final Reference reference;
  private final Tree root;
  private final Placeholders placeholders;
  private final UnaryOperator<String> secretFiles;
  private final List<Refusal> refusals = new ArrayList<>();

  /// @param reference for defaults, the form of values and suggestions
  /// @param root what is bound, for the lines of errors
  /// @param secretFiles reads the file that a secret lies in; throws IllegalArgumentException
  Binder(
      Reference reference,
      Tree root,
      Placeholders placeholders,
      UnaryOperator<String> secretFiles) {
    this.reference = reference;
    this.root = root;
    this.placeholders = placeholders;
    this.secretFiles = secretFiles;
  }

  /// What is wrong, in the order of the file.
  List<String> errors() {
    return refusals.stream()
        .sorted(Comparator.comparingInt(Refusal::line))
        .map(Refusal::toString)
        .toList();
  }

  /// Binds a value; null if it has an error.
  ///
  /// @param path where the tree stands, like `pools.chat.probe`; empty for the root
  /// @param form where the reference shows how it is written
  @Nullable Object bind(Type type, Tree tree, String path, String form) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return list(generic.getActualTypeArguments()[0], tree, path, form);
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
      return map(generic.getActualTypeArguments()[1], tree, path, form);
    }
    if (type instanceof Class<?> single && isGroup(single)) {
      return record(single, tree, path, form);
    }
    return scalar((Class<?>) type, tree, path, form);
  }

  /// Whether it is written as keys with values, rather than as one value.
  static boolean isGroup(Class<?> type) {
    return type.isRecord() && !VALUES.contains(type);
  }

  private @Nullable Object list(Type item, Tree tree, String path, String form) {
    if (!(tree instanceof Sequence(var items, _))) {
      return refuse(tree, path, "must be a list");
    }
    var values = new ArrayList<Object>();
    for (int i = 0; i < items.size(); i++) {
      Object value = bind(item, items.get(i), path + "[" + i + "]", Reference.itemsOf(form));
      if (value != null) {
        values.add(value);
      }
    }
    return values.size() == items.size() ? values : null;
  }

  private @Nullable Object map(Type type, Tree tree, String path, String form) {
    if (!(tree instanceof Mapping(var entries, _))) {
      return refuse(tree, path, "must be a mapping of names to values");
    }
    var named = new LinkedHashMap<>(entries);
    String everyForm = join(form, Reference.EVERY);
    Tree every = reference.at(everyForm) == null ? null : named.remove(Reference.EVERY);
    if (every != null) {
      // Looked at also where there is no entry that would have it.
      components((Class<?>) type, every, join(path, Reference.EVERY), everyForm);
    }
    var values = new LinkedHashMap<String, Object>();
    named.forEach((key, entry) -> {
      Tree whole = every == null ? entry : every.under(entry);
      Object value = bind(type, whole, join(path, key), Reference.entriesOf(form));
      if (value != null) {
        values.put(key, value);
      }
    });
    return values.size() == named.size() ? values : null;
  }

  private @Nullable Object record(Class<?> type, Tree tree, String path, String form) {
    @Nullable Object @Nullable [] values = components(type, tree, path, form);
    if (values == null) {
      return null;
    }
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      if (!(e.getCause() instanceof IllegalArgumentException refusal)) {
        throw new IllegalStateException(type + " broke over its values", e.getCause());
      }
      String.valueOf(refusal.getMessage())
          .lines()
          .forEach(each -> refusals.add(placed(tree, join(path, each))));
      return null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " is not a public record", e);
    }
  }

  /// The values of a record's components, without making it; null if one has an error.
  @Nullable Object @Nullable [] components(Class<?> type, Tree tree, String path, String at) {
    String form = Reference.formOf(type, at);
    if (!(tree instanceof Mapping(var entries, _))) {
      refuse(tree, path, "must be a mapping of keys to values");
      return null;
    }
    RecordComponent[] components = type.getRecordComponents();
    List<String> known = Arrays.stream(components).map(RecordComponent::getName).toList();
    boolean sound = true;
    for (Map.Entry<String, Tree> entry : entries.entrySet()) {
      if (!known.contains(entry.getKey())) {
        refuse(entry.getValue(), join(path, entry.getKey()), unknown(entry.getKey(), known, form));
        sound = false;
      }
    }
    @Nullable Object[] values = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      Tree entry = entries.getOrDefault(name, reference.at(join(form, name)));
      values[i] =
          entry == null
              ? refuse(tree, join(path, name), "is missing")
              : bind(components[i].getGenericType(), entry, join(path, name), join(form, name));
      sound &= values[i] != null;
    }
    return sound ? values : null;
  }

  private String unknown(String key, List<String> known, String form) {
    var words = new LinkedHashSet<>(known);
    if (reference.at(form) instanceof Mapping(var keys, _)) {
      words.addAll(keys.keySet());
    }
    var near = EditDistance.nearest(key, words);
    if (near.isPresent()) {
      return "is not known; did you mean " + near.get() + "?";
    }
    String elsewhere = whereKnown(reference.tree(), "", key);
    return elsewhere == null
        ? "is not known; known here are " + String.join(", ", words)
        : "is not known here; did you mean " + elsewhere + "?";
  }

  private static @Nullable String whereKnown(Tree tree, String path, String key) {
    if (!(tree instanceof Mapping(var entries, _))) {
      return null;
    }
    if (entries.containsKey(key)) {
      return join(path, key);
    }
    for (Map.Entry<String, Tree> entry : entries.entrySet()) {
      String found = whereKnown(entry.getValue(), join(path, entry.getKey()), key);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable Object scalar(Class<?> type, Tree tree, String path, String form) {
    return switch (tree) {
      case Nothing _ -> refuse(tree, path, "has no value; leave the key out for its default");
      case Mapping _, Sequence _ -> refuse(tree, path, "must be a single value");
      case Scalar(String text, _) -> {
        try {
          yield value(type, placeholders.fill(text), form);
        } catch (IllegalArgumentException e) {
          yield refuse(tree, path, String.valueOf(e.getMessage()));
        }
      }
    };
  }

  private Object value(Class<?> type, String text, String form) {
    if (type == String.class) {
      return text;
    }
    if (type == Secret.class) {
      return new Secret(
          text.startsWith("file:") ? secretFiles.apply(text.substring("file:".length())) : text);
    }
    if (type == boolean.class) {
      return switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new IllegalArgumentException("must be true or false, was " + text);
      };
    }
    if (type == int.class) {
      long number = number(text, form);
      if (number != (int) number) {
        throw new IllegalArgumentException("must be below 2^31, was " + text);
      }
      return (int) number;
    }
    if (type == long.class) {
      return number(text, form);
    }
    if (type == Duration.class) {
      return Spans.parse(text);
    }
    if (type == Address.class) {
      return Address.parse(text);
    }
    if (type == Rate.class) {
      return Rate.parse(text);
    }
    if (type == Money.class) {
      return Money.parse(text);
    }
    if (type == URI.class) {
      return url(text);
    }
    if (type.isEnum()) {
      return constant(type, text);
    }
    throw new IllegalStateException("no YAML form is known for " + type);
  }

  private long number(String text, String form) {
    if (writtenAsSize(form)) {
      return Sizes.parse(text);
    }
    if (text.equals(NONE) && writtenAs(form, NONE)) {
      return Long.MAX_VALUE;
    }
    try {
      return Long.parseLong(text.replace("_", ""));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be a whole number, was " + text, e);
    }
  }

  private boolean writtenAsSize(String form) {
    return reference.at(form) instanceof Scalar(String text, _) && text.endsWith("B");
  }

  private boolean writtenAs(String form, String word) {
    return reference.at(form) instanceof Scalar(String text, _) && text.equals(word);
  }

  private static URI url(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      // It may hold a password: neither the text nor the cause is shown.
      throw new IllegalArgumentException("must be a URL like http://10.0.0.1:8000");
    }
  }

  private static Object constant(Class<?> type, String text) {
    for (Object constant : type.getEnumConstants()) {
      if (keyword(constant).equals(text)) {
        return constant;
      }
    }
    String allowed =
        Arrays.stream(type.getEnumConstants())
            .map(Binder::keyword)
            .collect(Collectors.joining(" or "));
    throw new IllegalArgumentException("must be " + allowed + ", was " + text);
  }

  /// How a constant is written in YAML.
  static String keyword(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
  }

  private @Nullable Object refuse(Tree tree, String path, String what) {
    refusals.add(placed(tree, path.isEmpty() ? what : path + " " + what));
    return null;
  }

  /// Finds the line of an error that starts with the path it speaks of.
  private Refusal placed(Tree tree, String error) {
    String path = error.substring(0, (error + " ").indexOf(' '));
    Tree precise = root.at(path);
    int line = precise != null && precise.line() > 0 ? precise.line() : tree.line();
    String readable =
        ISO_SPAN.matcher(error).replaceAll(span -> Spans.print(Duration.parse(span.group())));
    return new Refusal(line, readable);
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
