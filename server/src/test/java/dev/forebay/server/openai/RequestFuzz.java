package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import dev.forebay.server.fuzz.Laws;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What must hold of the readers of JSON for whatever bytes come: what they accept is JSON to
/// Jackson too, with the same values; where the model is named, another name can be put; what is
/// edited stays JSON and changes nothing else; and pieces make no difference.
public final class RequestFuzz {
  private static final Operation[] OPERATIONS = Operation.values();
  private static final int DEPTH_TRACKED = 64;
  private static final int LONGEST_NUMBER = 900;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(1000).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final ByteBuf OFF_HEAP = Unpooled.directBuffer(4096);

  private RequestFuzz() {}

  /// Checks one input.
  ///
  /// @param data a byte that chooses the operation, two that say where to cut, then a body
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 3) {
      return;
    }
    byte[] body = Arrays.copyOfRange(data, 3, data.length);
    int[] cuts = Laws.cuts(data[1], data[2], body.length);
    scanner(body, cuts);
    Operation operation = OPERATIONS[(data[0] & 0x7f) % OPERATIONS.length];
    Object scanned = scanned(operation, Unpooled.wrappedBuffer(body));
    Laws.same(scanned, scanned(operation, OFF_HEAP.clear().writeBytes(body)));
    if (scanned instanceof Scanned accepted) {
      accepted(operation, accepted, body);
    }
    RequestScanner.scanPrefix(operation, Unpooled.wrappedBuffer(body));
  }

  private static Object scanned(Operation operation, ByteBuf body) {
    try {
      return RequestScanner.scan(operation, body);
    } catch (InvalidBody refused) {
      Laws.holds(refused.getMessage() != null && !refused.getMessage().isBlank(), "no reason");
      return "" + refused.getMessage();
    }
  }

  private static void accepted(Operation operation, Scanned scanned, byte[] body) {
    JsonNode tree = tree(body);
    Laws.holds(tree instanceof ObjectNode, "accepted what Jackson does not");
    ObjectNode object = (ObjectNode) Objects.requireNonNull(tree);
    Request request = scanned.request();
    JsonNode model = object.get("model");
    if (scanned.edits().modelFrom() >= 0) {
      Laws.same(model == null ? null : model.asString(), request.model());
      byte[] renamed = renamed(body, scanned);
      JsonNode expected = object.deepCopy().put("model", "other");
      Laws.same(expected, tree(renamed));
    } else {
      Laws.same("", request.model());
    }
    Edit usage = scanned.edits().usage();
    if (usage != null) {
      ObjectNode asking = object.deepCopy();
      JsonNode options = asking.get("stream_options");
      ObjectNode asked =
          options instanceof ObjectNode given ? given : asking.putObject("stream_options");
      asked.put("include_usage", true);
      Laws.same(asking, tree(edited(body, usage)));
    }
    Edit tenant = scanned.edits().tenant(TenantField.USER_ID, "tenant");
    if (tenant != null) {
      Laws.same(object.deepCopy().put("user_id", "tenant"), tree(edited(body, tenant)));
    }
    Laws.same(truth(object, "stream"), request.stream());
    if (operation != Operation.PASS_THROUGH) {
      number(object, "temperature", request.temperature());
      Laws.holds(
          request.choices() >= 1 && request.maxTokens() >= 0 && request.work() >= 0,
          "out of range: " + request);
      JsonNode n = object.get("n");
      if (n != null && n.isNumber() && operation != Operation.COMPLETION) {
        Laws.same((int) real(n), request.choices());
      }
      for (String most :
          new String[] {"max_tokens", "max_completion_tokens", "max_output_tokens"}) {
        JsonNode limit = object.get(most);
        Laws.holds(
            limit == null
                || !limit.isNumber()
                || Math.min(real(limit), Integer.MAX_VALUE) <= request.maxTokens(),
            most + " is not heeded");
      }
    }
  }

  private static boolean truth(ObjectNode object, String member) {
    JsonNode value = object.get(member);
    return value != null && value.isBoolean() && value.asBoolean();
  }

  private static void number(ObjectNode object, String member, double was) {
    JsonNode value = object.get(member);
    Laws.same(value == null || value.isNull() ? Double.NaN : real(value), was);
  }

  // Jackson's nodes refuse numbers beyond a double; a parser reads them as infinite
  private static double real(JsonNode value) {
    return Double.parseDouble(value.asString());
  }

  private static byte[] edited(byte[] body, Edit edit) {
    ByteBuf out = Unpooled.buffer();
    out.writeBytes(body, 0, edit.from()).writeBytes(edit.with().getBytes(UTF_8));
    out.writeBytes(body, edit.to(), body.length - edit.to());
    byte[] edited = new byte[out.readableBytes()];
    out.readBytes(edited);
    return edited;
  }

  private static byte[] renamed(byte[] body, Scanned scanned) {
    byte[] name = "\"other\"".getBytes(UTF_8);
    ByteBuf out = Unpooled.buffer();
    out.writeBytes(body, 0, scanned.edits().modelFrom()).writeBytes(name);
    out.writeBytes(body, scanned.edits().modelTo(), body.length - scanned.edits().modelTo());
    byte[] renamed = new byte[out.readableBytes()];
    out.readBytes(renamed);
    return renamed;
  }

  private static @Nullable JsonNode tree(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      return null;
    }
  }

  /// The scanner of answers: alike in any pieces, never stricter than Jackson, and no more generous
  /// but in what it leaves to the reader (escapes, control characters in strings, UTF-8, depth).
  private static void scanner(byte[] body, int[] cuts) {
    Verdict whole = Verdict.of(body);
    Laws.same(whole, Verdict.of(body, cuts));
    boolean marked = body.length > 0 && (body[0] & 0xff) >= 0x80;
    if (marked || body.length == 0 || hasZero(body)) {
      // a byte order mark or another encoding, which Jackson takes in and the scanner refuses
      return;
    }
    JsonNode tree = tree(body);
    boolean json = tree != null && !tree.isMissingNode();
    if (json) {
      Laws.holds(whole.complete() && !whole.broken(), "refused what Jackson accepts");
    } else if (whole.complete() && plain(body)) {
      Laws.holds(json, "accepted what Jackson refuses");
    }
  }

  private static boolean hasZero(byte[] body) {
    for (byte b : body) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  // without anything that is left to the reader
  private static boolean plain(byte[] body) {
    int brackets = 0;
    int digits = 0;
    boolean inString = false;
    for (byte b : body) {
      brackets += b == '[' || b == '{' ? 1 : 0;
      digits = (b >= '0' && b <= '9') || b == '.' ? digits + 1 : 0;
      inString ^= b == '"';
      if (b == '\\' || b < 0 || (inString && b < ' ') || digits > LONGEST_NUMBER) {
        return false;
      }
    }
    return brackets < DEPTH_TRACKED;
  }

  private record Verdict(boolean complete, boolean broken, String values) {
    static Verdict of(byte[] body, int... cuts) {
      StringBuilder values = new StringBuilder();
      JsonScanner[] scanner = new JsonScanner[1];
      scanner[0] =
          new JsonScanner(
              new JsonScanner.Visitor() {
                @Override
                public int keep(int path) {
                  return 16;
                }

                @Override
                public void string(int path, boolean empty) {
                  values
                      .append(path)
                      .append(empty)
                      .append(
                          Arrays.hashCode(Arrays.copyOf(scanner[0].kept(), scanner[0].keptBytes())))
                      .append(' ');
                }

                @Override
                public void number(int path, long value) {
                  values.append(path).append('=').append(value).append(' ');
                }

                @Override
                public void truth(int path, boolean value) {
                  values.append(path).append('=').append(value).append(' ');
                }

                @Override
                public void open(int path, boolean object) {
                  values.append(path).append(object ? '{' : '[');
                }
              });
      int from = 0;
      for (int cut : cuts) {
        scanner[0].scan(body, from, cut);
        from = cut;
      }
      scanner[0].scan(body, from, body.length);
      return new Verdict(scanner[0].complete(), scanner[0].broken(), values.toString());
    }
  }
}
