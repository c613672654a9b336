package dev.forebay.server.openai;

import static dev.forebay.server.openai.Member.*;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the JSON of an answer says, gathered value by value: that of all events of a stream, or of
/// one plain body. Knows every operation's shape, as no two of them mean different things by the
/// same path. Not safe for several threads.
final class Findings implements JsonScanner.Visitor {
  private static final int B = 6;
  private static final int CHOICES_DELTA = CHOICES << B | DELTA;
  private static final int CHOICES_MESSAGE = CHOICES << B | MESSAGE;
  private static final int MESSAGE_USAGE = MESSAGE << B | USAGE;
  private static final int RESPONSE_USAGE = RESPONSE << B | USAGE;

  private static final int SHORT = 64;
  // enough for 200 characters, each written as six bytes of escape
  private static final int LONG = 1200;

  /// More than any call has, and so few that sums of them do not overflow.
  private static final long MOST_TOKENS = 1_000_000_000;

  private static final byte[] MESSAGE_STOP = "message_stop".getBytes(US_ASCII);
  private static final byte[] COMPLETED = "response.completed".getBytes(US_ASCII);
  private static final byte[] INCOMPLETE = "response.incomplete".getBytes(US_ASCII);
  private static final byte[] RESPONSE_FAILED = "response.failed".getBytes(US_ASCII);
  private static final byte[] ERROR_TYPE = "error".getBytes(US_ASCII);
  private static final byte[] PING = "ping".getBytes(US_ASCII);
  private static final byte[][] STARVED = {
    "insufficient_system_resource".getBytes(US_ASCII),
    "aborted".getBytes(US_ASCII),
    "abort".getBytes(US_ASCII)
  };

  private @Nullable JsonScanner json;
  private @Nullable Consumer<String> made;

  // of the document under way
  private boolean content;
  private boolean usage;
  private boolean ping;
  private boolean last;
  private boolean answer;
  private byte @Nullable [] message;

  // of all documents
  private boolean finished;
  private boolean failed;
  private boolean starved;
  private byte @Nullable [] errorMessage;
  private long inputTokens;
  private long cacheReadTokens;
  private long cacheCreationTokens;
  private long outputTokens;

  /// Begins to listen to the scanner; once, before it scans.
  void listenTo(JsonScanner json) {
    this.json = json;
  }

  /// Sets who is told the id of what the answer says was made: once, as soon as it was read. Nobody
  /// is told otherwise, and no id is kept.
  void tellOfMade(Consumer<String> made) {
    this.made = made;
  }

  /// Forgets what belongs to one document.
  void nextDocument() {
    content = false;
    usage = false;
    ping = false;
    last = false;
    answer = false;
    message = null;
  }

  /// Whether this document carries content.
  boolean content() {
    return content;
  }

  /// Whether this document carries content, and nothing that another like it would say anew.
  boolean onlyContent() {
    return content && !usage && !ping && !last && message == null;
  }

  /// This document carries content and says nothing else that was not said before.
  void contentAgain() {
    content = true;
  }

  /// Whether this document tells of tokens used.
  boolean usage() {
    return usage;
  }

  /// Whether this document says only that the connection lives.
  boolean ping() {
    return ping;
  }

  /// Whether this document is the last of its stream.
  boolean last() {
    return last;
  }

  /// Whether this document has the member under which an answer stands.
  boolean answer() {
    return answer;
  }

  /// Whether the model said why it stopped.
  boolean finished() {
    return finished;
  }

  boolean failed() {
    return failed;
  }

  boolean starved() {
    return starved;
  }

  /// The error's message as JSON writes it, cut short; null if none was seen.
  byte @Nullable [] errorMessage() {
    return errorMessage;
  }

  long promptTokens() {
    return inputTokens + cacheReadTokens + cacheCreationTokens;
  }

  long completionTokens() {
    return outputTokens;
  }

  @Override
  public int keep(int path) {
    return switch (path) {
      case TYPE, OBJECT, CHOICES << B | FINISH_REASON -> SHORT;
      case ERROR, MESSAGE, ERROR << B | MESSAGE, (RESPONSE << B | ERROR) << B | MESSAGE -> LONG;
      case ID, RESPONSE << B | ID -> made == null ? 0 : LONG;
      default -> 0;
    };
  }

  @Override
  public void string(int path, boolean empty) {
    switch (path) {
      // chat, streamed and plain
      case CHOICES_DELTA << B | CONTENT,
          (CHOICES_DELTA << B | CONTENT) << B | TEXT,
          CHOICES_DELTA << B | REASONING,
          CHOICES_DELTA << B | REASONING_CONTENT,
          CHOICES_DELTA << B | REFUSAL,
          (CHOICES_DELTA << B | AUDIO) << B | DATA,
          (CHOICES_DELTA << B | AUDIO) << B | TRANSCRIPT,
          (CHOICES_DELTA << B | FUNCTION_CALL) << B | NAME,
          (CHOICES_DELTA << B | FUNCTION_CALL) << B | ARGUMENTS,
          CHOICES_MESSAGE << B | CONTENT,
          (CHOICES_MESSAGE << B | CONTENT) << B | TEXT,
          CHOICES_MESSAGE << B | REASONING,
          CHOICES_MESSAGE << B | REASONING_CONTENT,
          CHOICES_MESSAGE << B | REFUSAL,
          (CHOICES_MESSAGE << B | AUDIO) << B | DATA,
          (CHOICES_MESSAGE << B | AUDIO) << B | TRANSCRIPT,
          (CHOICES_MESSAGE << B | FUNCTION_CALL) << B | NAME,
          (CHOICES_MESSAGE << B | FUNCTION_CALL) << B | ARGUMENTS,
          // text completion
          CHOICES << B | TEXT,
          // responses: every delta is a string of this name, whatever it is of
          DELTA,
          ITEM << B | NAME,
          OUTPUT << B | NAME,
          (OUTPUT << B | CONTENT) << B | TEXT,
          (OUTPUT << B | CONTENT) << B | REFUSAL,
          (OUTPUT << B | SUMMARY) << B | TEXT,
          // messages, streamed and plain; a name is that of a tool called
          DELTA << B | TEXT,
          DELTA << B | THINKING,
          DELTA << B | PARTIAL_JSON,
          CONTENT_BLOCK << B | TEXT,
          CONTENT_BLOCK << B | THINKING,
          CONTENT_BLOCK << B | NAME,
          CONTENT_BLOCK << B | DATA,
          CONTENT << B | TEXT,
          CONTENT << B | THINKING,
          CONTENT << B | NAME,
          CONTENT << B | DATA ->
          content |= !empty;
      case CHOICES << B | FINISH_REASON -> {
        finished |= !empty;
        starved |= is(STARVED[0]) || is(STARVED[1]) || is(STARVED[2]);
      }
      case DELTA << B | STOP_REASON, STOP_REASON -> finished |= !empty;
      // a completion's or a plain response's own, or that of a response told of in an event
      case ID, RESPONSE << B | ID -> {
        if (made != null && !empty) {
          made.accept(new String(json().kept(), 0, keptBytes(), ISO_8859_1));
          made = null;
        }
      }
      case TYPE -> type();
      case OBJECT -> {
        if (is(ERROR_TYPE)) {
          fail();
        }
      }
      case ERROR -> {
        if (!empty) {
          message = copyOfKept();
          fail();
        }
      }
      case MESSAGE -> {
        message = copyOfKept();
        if (failed) {
          fail();
        }
      }
      case ERROR << B | MESSAGE, (RESPONSE << B | ERROR) << B | MESSAGE -> {
        message = copyOfKept();
        fail();
      }
      default -> {}
    }
  }

  private void type() {
    switch (keptBytes()) {
      case 4 -> ping = is(PING);
      case 5 -> {
        if (is(ERROR_TYPE)) {
          fail();
        }
      }
      case 12 -> last |= is(MESSAGE_STOP);
      case 15 -> {
        if (is(RESPONSE_FAILED)) {
          last = true;
          fail();
        }
      }
      case 18, 19 -> {
        if (is(COMPLETED) || is(INCOMPLETE)) {
          last = true;
          finished = true;
        }
      }
      default -> {}
    }
  }

  // an error's message may stand before or behind what makes it one
  private void fail() {
    failed = true;
    if (errorMessage == null) {
      errorMessage = message;
    }
  }

  @Override
  public void number(int path, long value) {
    switch (path) {
      case USAGE << B | PROMPT_TOKENS,
          USAGE << B | INPUT_TOKENS,
          MESSAGE_USAGE << B | INPUT_TOKENS,
          RESPONSE_USAGE << B | INPUT_TOKENS -> {
        usage = true;
        inputTokens = count(value);
      }
      case USAGE << B | COMPLETION_TOKENS,
          USAGE << B | OUTPUT_TOKENS,
          RESPONSE_USAGE << B | OUTPUT_TOKENS -> {
        usage = true;
        outputTokens = count(value);
      }
      // Anthropic counts cached input apart; what message_start tells of output is no count yet
      case USAGE << B | CACHE_READ_INPUT_TOKENS, MESSAGE_USAGE << B | CACHE_READ_INPUT_TOKENS ->
          cacheReadTokens = count(value);
      case USAGE << B | CACHE_CREATION_INPUT_TOKENS,
          MESSAGE_USAGE << B | CACHE_CREATION_INPUT_TOKENS ->
          cacheCreationTokens = count(value);
      default -> {}
    }
  }

  /// What is told of tokens as a number that can be: to be charged less than nothing would give a
  /// caller what others paid for.
  private static long count(long value) {
    return Math.clamp(value, 0, MOST_TOKENS);
  }

  @Override
  public void truth(int path, boolean value) {
    if (path == ERROR && value) {
      fail();
    }
  }

  @Override
  public void open(int path, boolean object) {
    switch (path) {
      case CHOICES, CONTENT, OUTPUT -> answer = true;
      case DATA -> {
        answer = true;
        content |= object;
      }
      case CHOICES_DELTA << B | TOOL_CALLS, CHOICES_MESSAGE << B | TOOL_CALLS -> content |= object;
      case ERROR -> {
        if (object) {
          fail();
        }
      }
      default -> {}
    }
  }

  private JsonScanner json() {
    if (json == null) {
      throw new IllegalStateException("listens to no scanner");
    }
    return json;
  }

  private int keptBytes() {
    return json().keptBytes();
  }

  private boolean is(byte[] wanted) {
    JsonScanner scanner = json();
    return Arrays.equals(scanner.kept(), 0, scanner.keptBytes(), wanted, 0, wanted.length);
  }

  private byte[] copyOfKept() {
    JsonScanner scanner = json();
    return Arrays.copyOf(scanner.kept(), scanner.keptBytes());
  }
}
