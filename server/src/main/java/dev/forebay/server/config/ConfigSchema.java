package dev.forebay.server.config;

import com.fasterxml.classmate.ResolvedType;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomPropertyDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import dev.forebay.fleet.Rate;
import dev.forebay.limit.Money;
import dev.forebay.server.config.Tree.Scalar;
import dev.forebay.server.setting.Address;
import dev.forebay.server.setting.Secret;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The JSON Schema by which editors check and complete forebay.yaml: its shape is that of the
/// records, its words and defaults are those of the reference.
public final class ConfigSchema {
  private static final String PLACEHOLDER = "\\$\\{";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Reference reference = Reference.load();
  private final Map<String, String> comments = reference.comments();

  /// Where the reference speaks of a record. Each stands in one place, or is shown in one.
  private final Map<Class<?>, String> paths = new HashMap<>();

  private ConfigSchema() {
    walk(GatewayConfig.class, "");
  }

  /// The schema as indented JSON, draft 7, which editors of YAML know best.
  public static String print() {
    return new ConfigSchema().generate().toPrettyString();
  }

  private void walk(Type type, String path) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      boolean list = generic.getRawType() == List.class;
      walk(
          arguments[arguments.length - 1],
          list ? Reference.itemsOf(path) : Reference.entriesOf(path));
    } else if (type instanceof Class<?> single && Binder.isGroup(single)) {
      if (paths.putIfAbsent(single, Reference.formOf(single, path)) != null) {
        return;
      }
      for (RecordComponent component : single.getRecordComponents()) {
        walk(component.getGenericType(), Binder.join(path, component.getName()));
      }
    }
  }

  private JsonNode generate() {
    var builder =
        new SchemaGeneratorConfigBuilder(JSON, SchemaVersion.DRAFT_7, OptionPreset.PLAIN_JSON)
            .with(
                Option.DEFINITIONS_FOR_ALL_OBJECTS,
                Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
                Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT,
                Option.PLAIN_DEFINITION_KEYS);
    builder.forTypesInGeneral().withCustomDefinitionProvider(this::definition);
    builder
        .forFields()
        .withDescriptionResolver(field -> comments.get(pathOf(field)))
        .withDefaultResolver(this::defaultOf)
        .withCustomDefinitionProvider((field, _) -> number(field));
    ObjectNode schema = new SchemaGenerator(builder.build()).generateSchema(GatewayConfig.class);
    ObjectNode replicas = (ObjectNode) schema.at("/definitions/PoolConfig/properties/replicas");
    JsonNode replica = replicas.required("items").deepCopy();
    replicas
        .putObject("items")
        .putArray("anyOf")
        .add(JSON.createObjectNode().put("type", "string"))
        .add(replica);
    schema.put("title", "Forebay's configuration, forebay.yaml");
    schema
        .withObject("properties")
        .putObject(Reference.POOL_DEFAULTS)
        .put("description", comments.get(Reference.POOL_DEFAULTS))
        .putArray("allOf")
        .add(JSON.createObjectNode().put("$ref", "#/definitions/PoolConfig"));
    return schema;
  }

  private String pathOf(FieldScope field) {
    Class<?> owner = field.getDeclaringType().getErasedType();
    String path = paths.getOrDefault(owner, "");
    return Binder.join(path, field.getDeclaredName());
  }

  private @Nullable Object defaultOf(FieldScope field) {
    if (field.isFakeContainerItemScope()
        || !(reference.at(pathOf(field)) instanceof Scalar(String text, _))) {
      return null;
    }
    Class<?> type = field.getType().getErasedType();
    if (type == boolean.class) {
      return Boolean.valueOf(text);
    }
    boolean number = type == int.class || type == long.class;
    return number && text.chars().allMatch(Character::isDigit) ? Long.valueOf(text) : text;
  }

  /// Numbers that are not written as numbers alone.
  private @Nullable CustomPropertyDefinition number(FieldScope field) {
    Class<?> type = field.getType().getErasedType();
    if ((type != int.class && type != long.class)
        || !(reference.at(pathOf(field)) instanceof Scalar(String text, _))) {
      return null;
    }
    if (text.endsWith("B")) {
      return property(text("^\\d+(B|[KMG]i?B)$|" + PLACEHOLDER));
    }
    return text.equals(Binder.NONE)
        ? property(or("integer", "^" + Binder.NONE + "$|" + PLACEHOLDER))
        : null;
  }

  private static CustomPropertyDefinition property(ObjectNode definition) {
    return new CustomPropertyDefinition(definition, CustomDefinition.AttributeInclusion.YES);
  }

  private @Nullable CustomDefinition definition(
      ResolvedType type, SchemaGenerationContext context) {
    Class<?> single = type.getErasedType();
    if (single == Duration.class) {
      return inline(text("^\\d+(ms|s|m|h|d)$|" + PLACEHOLDER));
    }
    if (single == Address.class) {
      return inline(text("^[^\\s:]+:\\d+$|^\\[[^\\s\\]]+]:\\d+$|" + PLACEHOLDER));
    }
    if (single == Rate.class) {
      return inline(text("^\\d{1,10}/(s|min|h|d)$|" + PLACEHOLDER));
    }
    if (single == Money.class) {
      return inline(or("number", "^\\d+(\\.\\d{1,6})?$|" + PLACEHOLDER));
    }
    if (single == Secret.class || single == URI.class) {
      return inline(JSON.createObjectNode().put("type", "string"));
    }
    if (single == int.class || single == long.class) {
      return inline(or("integer"));
    }
    if (single == boolean.class) {
      return inline(or("boolean"));
    }
    if (single.isEnum()) {
      ObjectNode words = JSON.createObjectNode();
      var allowed = words.putArray("enum");
      for (Object constant : single.getEnumConstants()) {
        allowed.add(Binder.keyword(constant));
      }
      ObjectNode either = JSON.createObjectNode();
      either.putArray("anyOf").add(words).add(text(PLACEHOLDER));
      return inline(either);
    }
    return null;
  }

  private static CustomDefinition inline(ObjectNode definition) {
    return new CustomDefinition(definition, true);
  }

  /// A type, or a placeholder that is filled with it.
  private static ObjectNode or(String type) {
    return or(type, PLACEHOLDER);
  }

  private static ObjectNode or(String type, String pattern) {
    ObjectNode either = JSON.createObjectNode();
    either.putArray("anyOf").add(JSON.createObjectNode().put("type", type)).add(text(pattern));
    return either;
  }

  private static ObjectNode text(String pattern) {
    return JSON.createObjectNode().put("type", "string").put("pattern", pattern);
  }
}
