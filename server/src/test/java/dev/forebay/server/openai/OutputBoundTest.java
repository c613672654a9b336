package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.pipeline.Operation;
import io.netty.buffer.Unpooled;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputBoundTest {
  private static Scanned scan(Operation operation, String body) throws InvalidBody {
    return RequestScanner.scan(operation, Unpooled.directBuffer().writeBytes(body.getBytes(UTF_8)));
  }

  private static String edited(String body, List<Edit> edits) {
    byte[] bytes = body.getBytes(UTF_8);
    var edited = new StringBuilder();
    int at = 0;
    for (Edit edit : edits.stream().sorted(Comparator.comparingInt(Edit::from)).toList()) {
      edited.append(new String(bytes, at, edit.from() - at, UTF_8)).append(edit.with());
      at = edit.to();
    }
    return edited.append(new String(bytes, at, bytes.length - at, UTF_8)).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CHAT        | {'model':'é'}                          | {'model':'é','max_tokens':50}",
        "CHAT        | {'max_tokens': 600 ,'model':'m'}       | {'max_tokens': 50 ,'model':'m'}",
        "CHAT        | {'model':'m','max_tokens':6e2}         | {'model':'m','max_tokens':50}",
        "CHAT        | {'model':'m','max_tokens':null}        | {'model':'m','max_tokens':50}",
        "CHAT        | {'model':'m','max_tokens':50}          | {'model':'m','max_tokens':50}",
        "CHAT        | {'model':'m','max_completion_tokens':51} | {'model':'m','max_completion_tokens':50}",
        "CHAT        | {'max_tokens':9,'model':'m','max_completion_tokens':60} | {'max_tokens':9,'model':'m','max_completion_tokens':50}",
        "COMPLETION  | {'model':'m','prompt':'x'}             | {'model':'m','max_tokens':50,'prompt':'x'}",
        "RESPONSES   | {'model':'m','max_tokens':70}          | {'model':'m','max_output_tokens':50,'max_tokens':50}",
        "RESPONSES   | {'model':'m','max_output_tokens':70}   | {'model':'m','max_output_tokens':50}",
        "MESSAGES    | {'model':'m','max_tokens':70}          | {'model':'m','max_tokens':50}",
        "EMBEDDINGS  | {'model':'m'}                          | {'model':'m'}",
      })
  void setsALowerBoundWhereverTheCallersIsHigherOrMissing(
      Operation operation, String quoted, String expected) throws Exception {
    String body = quoted.replace('\'', '"');
    Edits edits = scan(operation, body).edits();
    assertThat(edits.bounds()).isEqualTo(operation != Operation.EMBEDDINGS);
    String bounded = edited(body, edits.bound(50));
    assertThat(bounded).isEqualTo(expected.replace('\'', '"'));
    if (edits.bounds()) {
      assertThat(scan(operation, bounded).request())
          .isEqualTo(scan(operation, body).request().bounded(50));
    }
  }

  @Test
  void findsTheBoundBehindALongPromptAndAfterAnotherNameForTheModel() throws Exception {
    String prompt = "Où ? ".repeat(50_000);
    String before = "{\"model\":\"alias\",\"messages\":[{\"content\":\"" + prompt;
    String behind = "\"}],\"max_tokens\":";
    Edits edits = scan(Operation.CHAT, before + behind + "600}").edits();
    assertThat(edited(before + behind + "600}", edits.bound(50)))
        .isEqualTo(before + behind + "50}");

    String served = (before + behind + "600}").replace("\"alias\"", "\"a-longer-name\"");
    Edits renamed = edits.renamed(edits.modelFrom() + "\"a-longer-name\"".length());
    assertThat(edited(served, renamed.bound(50))).isEqualTo(served.replace("600}", "50}"));
  }
}
