package dev.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HeadRulesTest {
  private static @Nullable String broken(String target, String... namesAndValues) {
    var request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
    request.headers().add("host", "localhost:8020");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      request.headers().add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return HeadRules.broken(request);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v1/chat/completions",
        "/v1/chat/completions?api-version=1&a=%2e%2e/../x",
        "/v1/files/",
        "/a%20b/%C3%A9",
        "/v1/models/meta-llama%2FLlama-3",
        "/v1/...",
        "/v1/.hidden/a..b",
      })
  void takesPathsThatAllReadAlike(String target) {
    assertThat(broken(target)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "x",
        "http://localhost/x",
        "//x",
        "/x//y",
        "/x/./y",
        "/x/..",
        "/%63hat",
        "/v1%2fchat",
        "/v1%5cchat",
        "/%2e%2e/x",
        "/%2563hat",
        "/x%",
        "/x%4",
        "/x%zz",
        "/x%0d",
        "/x\\y",
        "/x#y",
        "/v1/models/../x",
      })
  void refusesPathsThatAReplicaMayReadAsAnother(String target) {
    assertThat(broken(target)).startsWith("target ");
  }

  @Test
  void namesWhatIsGivenTwice() {
    assertThat(broken("/", "Host", "evil")).isEqualTo("host is given more than once");
    assertThat(broken("/", "Authorization", "a", "authorization", "b"))
        .isEqualTo("authorization is given more than once");
  }

  @Test
  void takesOneFramingOnly() {
    assertThat(broken("/", "Transfer-Encoding", "Chunked")).isNull();
    assertThat(broken("/", "Content-Length", "0012")).isNull();
    assertThat(broken("/", "Transfer-Encoding", "gzip, chunked"))
        .isEqualTo("Transfer-Encoding must be chunked and nothing else, was \"gzip, chunked\"");
    assertThat(broken("/", "Transfer-Encoding", "chunked", "Content-Length", "1"))
        .isEqualTo("both Content-Length and Transfer-Encoding");
    assertThat(broken("/", "Content-Length", "+1"))
        .isEqualTo("Content-Length must be digits, was \"+1\"");
  }

  @Test
  void boundsTheLines() {
    String[] lines = new String[2 * 199];
    Arrays.fill(lines, "a");
    assertThat(broken("/", lines)).isNull();
    String[] more = new String[2 * 200];
    Arrays.fill(more, "a");
    assertThat(broken("/", more)).isEqualTo("more than 200 header lines");
  }
}
