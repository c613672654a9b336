package dev.forebay.lab.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.ObjectMapper;

/// Renders calls as HTTP/1.1 bytes from parts made beforehand: one call costs a copy of its text.
///
/// Safe for many threads; each hands in its own buffer.
public final class RequestBytes {
  private static final int FILLER = 1 << 20;
  private static final int CHARS_A_TOKEN = 4;
  private static final int TOKENS_A_BLOCK = 512;
  private static final int TAG = 24;
  private static final byte[] TEXT = filler();

  private final byte[] untilId;
  private final byte[] untilLength;
  private final byte[] untilMaxTokens;
  private final byte[] untilPrompt;
  private final byte[] untilPromptOfStream;
  private final byte[] afterPrompt;

  /// Parts for one target; a path that ends in `/v1/completions` gets `prompt` bodies.
  public RequestBytes(LoadTarget target) {
    var head = new StringBuilder();
    head.append("POST ").append(target.path()).append(" HTTP/1.1\r\nhost: ").append(target.host());
    head.append("\r\ncontent-type: application/json\r\naccept: */*\r\n");
    target
        .headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    untilId = bytes(head + "x-request-id: ");
    untilLength = bytes("\r\ncontent-length: ");
    boolean chat = !target.path().replaceFirst("\\?.*", "").endsWith("/v1/completions");
    var model = new ObjectMapper().writeValueAsString(target.model());
    untilMaxTokens = bytes("{\"model\":" + model + ",\"max_tokens\":");
    var open = chat ? "\"messages\":[{\"role\":\"user\",\"content\":\"" : "\"prompt\":\"";
    untilPrompt = bytes("," + open);
    untilPromptOfStream = bytes(",\"stream\":true," + open);
    afterPrompt = bytes(chat ? "\"}]}" : "\"}");
  }

  /// Writes the whole request.
  public void write(ByteBuf out, Arrival arrival, String id) {
    int promptChars = promptChars(arrival);
    var beforePrompt = arrival.stream() ? untilPromptOfStream : untilPrompt;
    int length =
        untilMaxTokens.length
            + digits(arrival.outputTokens())
            + beforePrompt.length
            + promptChars
            + afterPrompt.length;
    out.ensureWritable(untilId.length + id.length() + 64 + length);
    out.writeBytes(untilId);
    out.writeCharSequence(id, StandardCharsets.US_ASCII);
    out.writeBytes(untilLength);
    writeNumber(out, length);
    out.writeInt('\r' << 24 | '\n' << 16 | '\r' << 8 | '\n');
    out.writeBytes(untilMaxTokens);
    writeNumber(out, arrival.outputTokens());
    out.writeBytes(beforePrompt);
    writePrompt(out, arrival, promptChars);
    out.writeBytes(afterPrompt);
  }

  /// One request in an array, for a load that sends the same bytes for ever.
  public byte[] render(Arrival arrival, String id) {
    var out = Unpooled.buffer(1024);
    write(out, arrival, id);
    var bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  private static int promptChars(Arrival arrival) {
    return arrival.promptTokens() * CHARS_A_TOKEN;
  }

  /// Shared blocks first, so that a common prefix of ids is a common prefix of text; then a tag
  /// that no other prompt has; then filler. A prompt shorter than its tag is the head of the tag's
  /// changing end, so that even one of two tokens varies.
  private static void writePrompt(ByteBuf out, Arrival arrival, int chars) {
    int left = chars;
    for (int block : arrival.blocks()) {
      int n = Math.min(left, TOKENS_A_BLOCK * CHARS_A_TOKEN);
      writeTagged(out, 'b', block, n);
      left -= n;
    }
    if (left > 0 && (arrival.blocks().isEmpty() || left > TAG)) {
      writeTagged(out, 'p', arrival.prompt(), left);
    } else if (left > 0) {
      out.writeBytes(TEXT, 0, left);
    }
  }

  private static void writeTagged(ByteBuf out, char kind, long number, int chars) {
    int n = Math.min(chars, TAG);
    // least significant digit first: a tag cut short still tells neighbours apart
    long rest = number;
    for (int i = 0; i < n; i++) {
      if (i == TAG - 2) {
        out.writeByte(kind);
      } else if (i == TAG - 1) {
        out.writeByte(' ');
      } else {
        out.writeByte('0' + (int) (rest % 10));
        rest /= 10;
      }
    }
    int left = chars - n;
    int from = Math.floorMod(number * 7919, FILLER / 64) * 64;
    while (left > 0) {
      int m = Math.min(left, FILLER - from);
      out.writeBytes(TEXT, from, m);
      left -= m;
      from = 0;
    }
  }

  private static void writeNumber(ByteBuf out, int number) {
    int unit = 1;
    for (int n = digits(number); n > 1; n--) {
      unit *= 10;
    }
    for (int u = unit; u > 0; u /= 10) {
      out.writeByte('0' + number / u % 10);
    }
  }

  private static int digits(int number) {
    int digits = 1;
    for (int rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    return digits;
  }

  private static byte[] filler() {
    var words =
        "when the river rises the gate opens a little at a time so that the wheel below it turns"
            + " as before and no field is flooded while rain is still falling in the hills ";
    var text = new byte[FILLER];
    for (int i = 0; i < FILLER; i++) {
      text[i] = (byte) words.charAt(i % words.length());
    }
    return text;
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(StandardCharsets.UTF_8);
  }
}
