package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Prefix;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class BeginningTest {
  private static final String LONG = "You are a helpful assistant. ".repeat(100);

  @Test
  void theNextTurnOfAConversationBeginsAsTheLastOneDid() throws InvalidBody {
    String first = message("system", LONG) + "," + message("user", "Hello " + LONG);
    String second = first + "," + message("assistant", "Hi.") + "," + message("user", LONG);
    Prefix one = chat("\"temperature\":1,", first);
    Prefix two = chat("\"max_tokens\":7,\"temperature\":1,", second);
    assertThat(one.blocks()).isEqualTo(5);
    assertThat(two.blocks()).isEqualTo(8);
    assertThat(two.hash(5)).isEqualTo(one.hash(5));
    assertThat(two.hash(6)).isNotEqualTo(two.hash(5));
  }

  @Test
  void fromTheFirstDifferenceOnNothingIsTheSame() throws InvalidBody {
    Prefix one = chat("", message("user", LONG + "a" + LONG));
    Prefix two = chat("", message("user", LONG + "b" + LONG));
    assertThat(two.hash(2)).isEqualTo(one.hash(2));
    for (int blocks = 3; blocks <= one.blocks(); blocks++) {
      assertThat(two.hash(blocks)).isNotEqualTo(one.hash(blocks));
    }
  }

  @Test
  void whatIsNoBlockLongIsNotKnown() throws InvalidBody {
    assertThat(chat("", message("user", "Hello"))).isSameAs(Prefix.NONE);
  }

  @Test
  void aVeryLongPromptIsKnownByItsBeginningWhereverItsBytesLie() throws InvalidBody {
    String body = body("", message("user", LONG.repeat(100)));
    Prefix inArray = prefix(Operation.CHAT, Unpooled.copiedBuffer(body, UTF_8));
    ByteBuf direct = Unpooled.directBuffer().writeBytes(body.getBytes(UTF_8));
    Prefix offHeap = prefix(Operation.CHAT, direct);
    direct.release();
    assertThat(inArray.blocks()).isEqualTo(Beginning.MOST_BLOCKS);
    assertThat(offHeap.hash(Beginning.MOST_BLOCKS)).isEqualTo(inArray.hash(Beginning.MOST_BLOCKS));
  }

  @Test
  void promptsAndInputsAreKnownTooAndWhatIsEmbeddedIsNot() throws InvalidBody {
    String prompt = "{\"model\":\"m\",\"prompt\":\"%s\",\"n\":%d}";
    Prefix one = prefix(Operation.COMPLETION, text(prompt.formatted(LONG, 1)));
    Prefix two = prefix(Operation.COMPLETION, text(prompt.formatted(LONG + LONG, 22)));
    assertThat(two.hash(2)).isEqualTo(one.hash(2));
    ByteBuf input = text("{\"model\":\"m\",\"input\":\"%s\"}".formatted(LONG));
    assertThat(prefix(Operation.RESPONSES, input).blocks()).isEqualTo(2);
    assertThat(prefix(Operation.EMBEDDINGS, input)).isSameAs(Prefix.NONE);
  }

  private static Prefix chat(String before, String messages) throws InvalidBody {
    return prefix(Operation.CHAT, text(body(before, messages)));
  }

  private static Prefix prefix(Operation operation, ByteBuf body) throws InvalidBody {
    return RequestScanner.scan(operation, body).request().prompt().prefix();
  }

  private static String body(String before, String messages) {
    return "{\"model\":\"m\"," + before + "\"messages\":[" + messages + "],\"tools\":[]}";
  }

  private static String message(String role, String text) {
    return "{\"role\":\"%s\",\"content\":\"%s\"}".formatted(role, text);
  }

  private static ByteBuf text(String body) {
    return Unpooled.copiedBuffer(body, UTF_8);
  }
}
