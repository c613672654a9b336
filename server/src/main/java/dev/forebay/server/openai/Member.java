package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/// The names of JSON members that a decision rests on, as small numbers, and the paths made of
/// them.
///
/// A path is up to five such numbers in an `int`, six bits each, the innermost lowest. Arrays leave
/// no trace in it: `choices[3].delta.content` is `CHOICES, DELTA, CONTENT`.
final class Member {
  static final int CHOICES = 1;
  static final int DELTA = 2;
  static final int MESSAGE = 3;
  static final int CONTENT = 4;
  static final int TEXT = 5;
  static final int REASONING = 6;
  static final int REASONING_CONTENT = 7;
  static final int REFUSAL = 8;
  static final int TOOL_CALLS = 9;
  static final int FUNCTION_CALL = 10;
  static final int AUDIO = 11;
  static final int DATA = 12;
  static final int TRANSCRIPT = 13;
  static final int NAME = 14;
  static final int ARGUMENTS = 15;
  static final int FINISH_REASON = 16;
  static final int STOP_REASON = 17;
  static final int USAGE = 18;
  static final int PROMPT_TOKENS = 19;
  static final int COMPLETION_TOKENS = 20;
  static final int INPUT_TOKENS = 21;
  static final int OUTPUT_TOKENS = 22;
  static final int CACHE_READ_INPUT_TOKENS = 23;
  static final int CACHE_CREATION_INPUT_TOKENS = 24;
  static final int ERROR = 25;
  static final int TYPE = 26;
  static final int OBJECT = 27;
  static final int THINKING = 28;
  static final int PARTIAL_JSON = 29;
  static final int CONTENT_BLOCK = 30;
  static final int RESPONSE = 31;
  static final int OUTPUT = 32;
  static final int SUMMARY = 33;
  static final int ITEM = 34;
  static final int ID = 35;

  private static final String[] NAMES = {
    "", // 0 is no member that is known
    "choices",
    "delta",
    "message",
    "content",
    "text",
    "reasoning",
    "reasoning_content",
    "refusal",
    "tool_calls",
    "function_call",
    "audio",
    "data",
    "transcript",
    "name",
    "arguments",
    "finish_reason",
    "stop_reason",
    "usage",
    "prompt_tokens",
    "completion_tokens",
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "error",
    "type",
    "object",
    "thinking",
    "partial_json",
    "content_block",
    "response",
    "output",
    "summary",
    "item",
    "id",
  };

  /// The longest name that is known, in bytes.
  static final int MAX_BYTES = 27;

  /// The path of a value under a member that is not known, or too deep.
  static final int ELSEWHERE = -1;

  private static final int BITS = 6;
  private static final int FULL = 24;

  // open addressing, so sparse that most members of no interest end at an empty slot
  private static final int SLOTS = 256;
  private static final byte[][] SLOT_NAMES = new byte[SLOTS][];
  private static final byte[] SLOT_IDS = new byte[SLOTS];

  static {
    for (int id = 1; id < NAMES.length; id++) {
      byte[] name = NAMES[id].getBytes(US_ASCII);
      int slot = slot(name, 0, name.length);
      while (SLOT_IDS[slot] != 0) {
        slot = (slot + 1) % SLOTS;
      }
      SLOT_NAMES[slot] = name;
      SLOT_IDS[slot] = (byte) id;
    }
  }

  private Member() {}

  private static int slot(byte[] bytes, int from, int to) {
    return (bytes[from] * 37 + bytes[to - 1] * 11 + (to - from) * 5) & (SLOTS - 1);
  }

  /// The path of the member of that name in the object at `parent`; `ELSEWHERE` if it is of no
  /// interest.
  static int path(int parent, byte[] name, int from, int to) {
    if (parent < 0 || parent >>> FULL != 0 || from == to || to - from > MAX_BYTES) {
      return ELSEWHERE;
    }
    int slot = slot(name, from, to);
    while (SLOT_IDS[slot] != 0) {
      byte[] known = SLOT_NAMES[slot];
      if (Arrays.equals(known, 0, known.length, name, from, to)) {
        return parent << BITS | SLOT_IDS[slot];
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    return ELSEWHERE;
  }
}
