package dev.forebay.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

class ConfigSchemaTest {
  private static final YAMLMapper YAML = new YAMLMapper();

  private final JsonNode schema = JsonMapper.shared().readTree(ConfigSchema.print());

  private boolean allows(String yaml) {
    return allows(schema, YAML.readTree(yaml));
  }

  @Test
  void theReferenceIsValid() {
    assertThat(allows(Reference.load().text())).isTrue();
  }

  @Test
  void whatTheLoaderTakesIsValid() {
    for (String yaml :
        List.of(
            "pools: {a: {speaks: anthropic, replicas: ['http://h:1', {url: 'http://i:1'}]}}",
            "poolDefaults: {probe: {every: 250ms}}",
            "http: {maxHeldBody: 100MB, loops: '${LOOPS:2}', listen: '[::1]:0'}",
            "aliases: {a: b}",
            "limits: {global: {requests: [{rate: 200/s, burst: 5, delay: none, shadow: true}]}}",
            "limits: {address: {requests: [{rate: '${R}', delay: 3}], concurrency: [{most: 1}]}}",
            "limits: {tenants: {a: {budget: {amount: 12.5, per: day}, keys: {ci: {}}}}}",
            "limits: {models: {'*': {input: '0.55'}, m: {limits: {tokens: []}}}}")) {
      assertThat(allows(yaml)).as(yaml).isTrue();
    }
  }

  @Test
  void whatTheLoaderRefusesByItsShapeIsNotValid() {
    for (String yaml :
        List.of(
            "http: {listn: 'a:1'}",
            "nothing: 1",
            "http: 3",
            "http: {listen: 8020}",
            "http: {maxHeldBody: 32}",
            "retry: {attempts: three}",
            "log: {access: 'yes'}",
            "gpu: {slowStart: 3}",
            "pools: {a: {speaks: opnai}}",
            "pools: {a: {replicas: [{ulr: 'http://h:1'}]}}",
            "pools: {a: {replicas: 'http://h:1'}}",
            "limits: {global: {requests: {rate: 200/s}}}",
            "limits: {user: {requests: [{rate: 200/week}]}}",
            "limits: {tiers: {free: {requests: [{rate: 1/s, delay: never}]}}}",
            "limits: {tenants: {a: {budget: {amount: much}}}}",
            "limits: {tenants: {a: {teir: free}}}",
            "poolDefaults: {dns: {ur: ''}}")) {
      assertThat(allows(yaml)).as(yaml).isFalse();
    }
  }

  @Test
  void keysAreDescribedInTheWordsOfTheReference() {
    JsonNode attempts = resolve(schema.at("/properties/retry")).at("/properties/attempts");
    assertThat(attempts.path("description").asString()).startsWith("tries of a call at most");
    assertThat(attempts.path("default").asInt()).isEqualTo(3);
    assertThat(schema.at("/properties/gpu").toString()).contains("Layer 4: how replicas");
    assertThat(schema.at("/properties/poolDefaults/description").asString())
        .startsWith("What every pool has");
    assertThat(schema.toString()).contains("unique in the whole fleet");
  }

  /// As much of JSON Schema as the schema uses.
  private boolean allows(JsonNode rule, JsonNode value) {
    for (JsonNode all : rule.path("allOf")) {
      if (!allows(all, value)) {
        return false;
      }
    }
    if (rule.has("anyOf")
        && rule.path("anyOf").valueStream().noneMatch(any -> allows(any, value))) {
      return false;
    }
    if (rule.has("$ref")) {
      return allows(resolve(rule), value);
    }
    if (rule.has("enum") && rule.path("enum").valueStream().noneMatch(value::equals)) {
      return false;
    }
    return switch (rule.path("type").asString("")) {
      case "" -> true;
      case "string" ->
          value.isString()
              && Pattern.compile(rule.path("pattern").asString(""))
                  .matcher(value.asString())
                  .find();
      case "integer" -> value.isIntegralNumber();
      case "boolean" -> value.isBoolean();
      case "number" -> value.isNumber();
      case "array" ->
          value.isArray() && value.valueStream().allMatch(item -> allows(rule.path("items"), item));
      case "object" ->
          value.isObject()
              && value
                  .propertyStream()
                  .allMatch(entry -> allowsKey(rule, entry.getKey(), entry.getValue()));
      default -> throw new AssertionError("unknown type in " + rule);
    };
  }

  private boolean allowsKey(JsonNode rule, String key, JsonNode value) {
    JsonNode property = rule.path("properties").path(key);
    if (!property.isMissingNode()) {
      return allows(property, value);
    }
    JsonNode others = rule.path("additionalProperties");
    return others.isObject() ? allows(others, value) : others.asBoolean(true);
  }

  private JsonNode resolve(JsonNode rule) {
    JsonNode reference = rule.has("allOf") ? rule.path("allOf").path(0) : rule;
    return schema.at(reference.path("$ref").asString("").substring(1));
  }
}
