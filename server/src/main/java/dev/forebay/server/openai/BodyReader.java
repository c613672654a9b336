package dev.forebay.server.openai;

import dev.forebay.fleet.Makers;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads one request's body: the fields that are known, the size of the prompt, and nothing else.
/// Types are checked, null is as good as missing, and a field that is read may not come twice.
///
/// A passed-through body may mean anything, so there only model, stream and user are read, and only
/// if they are what they seem.
final class BodyReader {
  private static final int MAX_SHOWN = 40;
  private static final int MAX_CHOICES = 128;
  private static final Map<TenantField, Field> TENANT_FIELDS =
      new EnumMap<>(
          Map.of(
              TenantField.USER_ID, Field.USER_ID,
              TenantField.USER, Field.USER,
              TenantField.SAFETY_IDENTIFIER, Field.SAFETY_IDENTIFIER,
              TenantField.CACHE_SALT, Field.CACHE_SALT));
  private static final String INCLUDE_USAGE = "\"include_usage\":true";

  private final Operation operation;
  private final JsonParser json;
  private final boolean whole;
  private final BodyBytes body;
  private final PromptReader prompt;

  private final EnumSet<Field> seen = EnumSet.noneOf(Field.class);
  private @Nullable String model;
  private int modelFrom = -1;
  private int modelTo = -1;
  private boolean stream;
  private boolean includeUsage;
  private @Nullable Edit usage;
  private boolean anyMember;
  private int maxTokens;
  private @Nullable List<OutputBound.Given> bounds;
  private int choices = 1;
  private @Nullable String user;
  private @Nullable String safetyIdentifier;
  private @Nullable String metadataUser;
  private @Nullable String cacheKey;
  private double temperature = Double.NaN;
  private boolean tools;
  private boolean serverTools;
  private boolean toolsForbidden;
  private boolean stored;
  private boolean background;
  private boolean continued;
  private @Nullable String follows;

  /// @param whole whether the bytes are all of the body, so that it can be sent again
  BodyReader(Operation operation, JsonParser json, BodyBytes body, boolean whole) {
    this.operation = operation;
    this.json = json;
    this.whole = whole;
    this.body = body;
    this.prompt = new PromptReader(json, body);
    this.stored = operation == Operation.RESPONSES; // unless told otherwise
  }

  boolean hasModel() {
    return model != null;
  }

  /// Reads the whole body.
  void read() throws InvalidBody {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new InvalidBody("body must be a JSON object", null);
    }
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      Field field = Field.of(name);
      JsonToken token = json.nextToken();
      if (field == null) {
        json.skipChildren();
        continue;
      }
      if (!seen.add(field)) {
        throw twice(name);
      }
      if (operation == Operation.PASS_THROUGH) {
        readLoosely(field, token);
      } else {
        read(field, name, token);
      }
    }
    if (json.nextToken() != null) {
      throw new InvalidBody("body must be one JSON object and nothing behind it", null);
    }
    if (model == null && operation != Operation.PASS_THROUGH) {
      throw new InvalidBody("model must be named", "model");
    }
  }

  private static InvalidBody twice(String name) {
    return new InvalidBody(name + " must not be given twice", name);
  }

  private void readLoosely(Field field, JsonToken token) throws InvalidBody {
    switch (field) {
      case MODEL -> {
        if (token == JsonToken.VALUE_STRING) {
          readModel();
        }
      }
      case STREAM -> stream = token == JsonToken.VALUE_TRUE;
      case USER -> user = token == JsonToken.VALUE_STRING ? json.getString() : null;
      default -> {}
    }
    json.skipChildren();
  }

  private void read(Field field, String name, JsonToken token) throws InvalidBody {
    switch (field) {
      case MODEL -> {
        if (token != JsonToken.VALUE_STRING) {
          throw wrong(name, "a string");
        }
        readModel();
        if (model == null) {
          throw new InvalidBody("model must not be empty", name);
        }
      }
      case STREAM -> stream = truth(name, token, false);
      case STREAM_OPTIONS -> streamOptions(name, token);
      case MAX_TOKENS, MAX_COMPLETION_TOKENS, MAX_OUTPUT_TOKENS ->
          // engines differ in which one they heed
          maxTokens = Math.max(maxTokens, bound(name, token));
      case N -> choices = whole(name, token, 1, MAX_CHOICES, 1);
      case USER -> user = string(name, token);
      case SAFETY_IDENTIFIER -> safetyIdentifier = string(name, token);
      case METADATA -> metadata(name, token);
      // Only whether they are there is of interest.
      case USER_ID, CACHE_SALT -> json.skipChildren();
      case PROMPT_CACHE_KEY -> cacheKey = string(name, token);
      case TEMPERATURE -> temperature = number(name, token);
      case TOOLS -> tools(name, token);
      case TOOL_CHOICE -> toolChoice(token);
      case STORE -> stored = truth(name, token, stored);
      case BACKGROUND -> background = truth(name, token, false);
      case PREVIOUS_RESPONSE_ID -> previous(name, token);
      case CONVERSATION -> {
        // what is said in it is added to it, stored or not
        continued |= operation == Operation.RESPONSES && token != JsonToken.VALUE_NULL;
        json.skipChildren();
      }
      case MESSAGES -> {
        switch (token) {
          case START_ARRAY -> {
            int from = (int) json.currentTokenLocation().getByteOffset();
            prompt.messages();
            prompt.lies(from, (int) json.currentLocation().getByteOffset());
          }
          case VALUE_NULL -> {}
          default -> throw wrong(name, "an array");
        }
      }
      case SYSTEM -> prompt(name, token, operation == Operation.MESSAGES, false);
      case INSTRUCTIONS -> prompt(name, token, operation == Operation.RESPONSES, false);
      // the prompt of a response is a template kept upstream
      case PROMPT -> prompt(name, token, operation == Operation.COMPLETION, true);
      case SUFFIX -> prompt(name, token, operation == Operation.COMPLETION, false);
      case INPUT ->
          prompt(
              name,
              token,
              operation == Operation.RESPONSES || operation == Operation.EMBEDDINGS,
              true);
    }
  }

  private int bound(String name, JsonToken token) throws InvalidBody {
    int tokens = whole(name, token, 1, Integer.MAX_VALUE, 0);
    int from = (int) json.currentTokenLocation().getByteOffset();
    int to = (int) json.currentLocation().getByteOffset();
    bounds = bounds == null ? new ArrayList<>(2) : bounds;
    bounds.add(new OutputBound.Given(from, to, tokens == 0 ? OutputBound.Given.UNBOUNDED : tokens));
    return tokens;
  }

  private void previous(String name, JsonToken token) throws InvalidBody {
    continued |= token != JsonToken.VALUE_NULL;
    if (operation != Operation.RESPONSES) {
      json.skipChildren(); // means nothing there
      return;
    }
    String id = string(name, token);
    if (id != null && !Makers.isId(id)) {
      throw wrong(name, "the id of a response");
    }
    follows = id;
  }

  private void readModel() throws InvalidBody {
    int from = (int) json.currentTokenLocation().getByteOffset();
    String name = json.getString();
    int to = (int) json.currentLocation().getByteOffset();
    if (!body.isUtf8(from, to)) {
      // the parser is more generous, and would find a name that no engine finds
      throw new InvalidBody("model must be in UTF-8", "model");
    }
    if (!name.isBlank()) {
      model = name;
      modelFrom = from;
      modelTo = to;
    }
  }

  private void prompt(String name, JsonToken token, boolean read, boolean several)
      throws InvalidBody {
    if (!read) {
      json.skipChildren();
      return;
    }
    switch (token) {
      case VALUE_STRING, START_ARRAY -> {
        if (several) {
          int from = (int) json.currentTokenLocation().getByteOffset();
          prompt.inputs(token);
          if (operation != Operation.EMBEDDINGS) {
            // A text is not read to its end yet; what comes behind it says nothing.
            prompt.lies(from, body.length());
          }
        } else {
          prompt.value(token);
        }
      }
      case VALUE_NULL -> {}
      default -> throw wrong(name, "a string or an array");
    }
  }

  private void streamOptions(String name, JsonToken token) throws InvalidBody {
    int from = (int) json.currentTokenLocation().getByteOffset();
    if (findMember(name, token, "include_usage")) {
      JsonToken asked = json.currentToken();
      int at = (int) json.currentTokenLocation().getByteOffset();
      includeUsage = truth("stream_options.include_usage", asked, false);
      usage = new Edit(at, at + (asked == JsonToken.VALUE_FALSE ? 5 : 4), "true");
      skipToEnd("stream_options", "include_usage");
    } else if (token == JsonToken.VALUE_NULL) {
      usage = new Edit(from, from + 4, "{" + INCLUDE_USAGE + "}");
    } else {
      usage = new Edit(from + 1, from + 1, INCLUDE_USAGE + (anyMember ? "," : ""));
    }
  }

  private void metadata(String name, JsonToken token) throws InvalidBody {
    if (findMember(name, token, "user_id")) {
      metadataUser = string("metadata.user_id", json.currentToken());
      skipToEnd("metadata", "user_id");
    }
  }

  private void tools(String name, JsonToken token) throws InvalidBody {
    switch (token) {
      case START_ARRAY -> {}
      case VALUE_NULL -> {
        return;
      }
      default -> throw wrong(name, "an array");
    }
    for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
      tools = true;
      if (next == JsonToken.START_OBJECT) {
        String type = type(name, next);
        // a function runs at the caller's; what has a type of its own may run upstream
        serverTools |= type != null && !type.equals("function") && !type.equals("custom");
      } else {
        json.skipChildren();
      }
    }
  }

  private void toolChoice(JsonToken token) throws InvalidBody {
    switch (token) {
      case START_OBJECT -> toolsForbidden = "none".equals(type("tool_choice", token));
      case VALUE_STRING -> toolsForbidden = json.getString().equals("none");
      default -> json.skipChildren();
    }
  }

  private @Nullable String type(String object, JsonToken token) throws InvalidBody {
    if (!findMember(object, token, "type")) {
      return null;
    }
    String type = string(object + ".type", json.currentToken());
    skipToEnd(object, "type");
    return type;
  }

  // goes to the value of that member; false, and behind the object, if it has none
  private boolean findMember(String object, JsonToken token, String member) throws InvalidBody {
    switch (token) {
      case START_OBJECT -> {}
      case VALUE_NULL -> {
        return false;
      }
      default -> throw wrong(object, "an object");
    }
    anyMember = false;
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      anyMember = true;
      json.nextToken();
      if (name.equals(member)) {
        return true;
      }
      json.skipChildren();
    }
    return false;
  }

  // goes to the object's end, on the way to which the member may not come again
  private void skipToEnd(String object, String member) throws InvalidBody {
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      if (name.equals(member)) {
        throw twice(object + "." + member);
      }
      json.nextToken();
      json.skipChildren();
    }
  }

  private boolean truth(String name, JsonToken token, boolean otherwise) throws InvalidBody {
    return switch (token) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> otherwise;
      default -> throw wrong(name, "true or false");
    };
  }

  private @Nullable String string(String name, JsonToken token) throws InvalidBody {
    return switch (token) {
      case VALUE_STRING -> json.getString();
      case VALUE_NULL -> null;
      default -> throw wrong(name, "a string");
    };
  }

  private double number(String name, JsonToken token) throws InvalidBody {
    return switch (token) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> cut() ? Double.NaN : json.getDoubleValue();
      case VALUE_NULL -> Double.NaN;
      default -> throw wrong(name, "a number");
    };
  }

  private int whole(String name, JsonToken token, int min, int max, int otherwise)
      throws InvalidBody {
    double value = number(name, token);
    if (Double.isNaN(value)) {
      return otherwise;
    }
    if (value != Math.rint(value)) {
      throw wrong(name, "a whole number");
    }
    if (value < min || (value > max && max != Integer.MAX_VALUE)) {
      throw wrong(name, max == Integer.MAX_VALUE ? "at least " + min : min + " to " + max);
    }
    return (int) Math.min(value, max);
  }

  // a number that ends with the bytes at hand may go on behind them
  private boolean cut() {
    return !whole && json.currentLocation().getByteOffset() >= body.length();
  }

  private InvalidBody wrong(String name, String wanted) {
    String was =
        switch (json.currentToken()) {
          case START_OBJECT -> "an object";
          case START_ARRAY -> "an array";
          case VALUE_STRING -> '"' + shortened(json.getString()) + '"';
          default -> shortened(json.getString());
        };
    return new InvalidBody(name + " must be " + wanted + ", was " + was, name);
  }

  private static String shortened(String value) {
    return value.length() <= MAX_SHOWN ? value : value.substring(0, MAX_SHOWN) + "...";
  }

  /// What was read so far.
  Scanned scanned() {
    Request request =
        new Request(
            operation,
            model == null ? "" : model,
            stream,
            includeUsage,
            maxTokens,
            choices(),
            prompt.prompt(),
            safetyIdentifier != null ? safetyIdentifier : user != null ? user : metadataUser,
            cacheKey,
            temperature,
            tools && !toolsForbidden,
            whole && !stored && !background && !continued && !serverTools,
            stored && (operation == Operation.RESPONSES || operation == Operation.CHAT),
            follows);
    return new Scanned(request, edits());
  }

  private Edits edits() {
    if (!whole) {
      return Edits.of(modelFrom, modelTo);
    }
    return switch (operation) {
      case CHAT, COMPLETION -> new Edits(modelFrom, modelTo, true, askForUsage(), bound(), given());
      case RESPONSES -> new Edits(modelFrom, modelTo, true, null, bound(), given());
      case MESSAGES -> new Edits(modelFrom, modelTo, false, null, bound(), Set.of());
      case EMBEDDINGS, STORED, PASS_THROUGH -> Edits.of(modelFrom, modelTo);
    };
  }

  private OutputBound bound() {
    Field counts = operation == Operation.RESPONSES ? Field.MAX_OUTPUT_TOKENS : Field.MAX_TOKENS;
    boolean given =
        seen.contains(counts)
            || (operation == Operation.CHAT && seen.contains(Field.MAX_COMPLETION_TOKENS));
    return new OutputBound(bounds == null ? List.of() : bounds, given ? null : counts.member());
  }

  private @Nullable Edit askForUsage() {
    if (!stream || includeUsage) {
      return null;
    }
    return usage != null
        ? usage
        : new Edit(modelTo, modelTo, ",\"stream_options\":{" + INCLUDE_USAGE + "}");
  }

  private Set<TenantField> given() {
    EnumSet<TenantField> given = null;
    for (Map.Entry<TenantField, Field> each : TENANT_FIELDS.entrySet()) {
      if (seen.contains(each.getValue())) {
        given = given == null ? EnumSet.noneOf(TenantField.class) : given;
        given.add(each.getKey());
      }
    }
    return given == null ? Set.of() : given;
  }

  // each of several prompts is answered on its own
  private int choices() {
    return operation == Operation.COMPLETION
        ? (int) Math.min(Integer.MAX_VALUE, (long) choices * prompt.prompts())
        : choices;
  }
}
