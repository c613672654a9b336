package dev.forebay.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.server.Seeds;
import dev.forebay.server.upstream.Wire.Told;
import dev.forebay.server.upstream.Wire.Walked;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyWalkerTest {
  @Test
  void findsThePayloadOfChunks() {
    assertThat(Walked.of(Framing.CHUNKED, -1, "5\r\nhello\r\n6;a=\"b\"\r\n world\r\n0\r\n\r\nmore"))
        .isEqualTo(new Walked("hello world", 32, true, false, null));
    assertThat(Walked.of(Framing.CHUNKED, -1, "000A \r\n0123456789\r\n00\r\n\r\n"))
        .isEqualTo(new Walked("0123456789", 25, true, false, null));
  }

  @Test
  void walksOverTrailers() {
    String body = "1\r\na\r\n0;x\r\nx-checksum: 1\r\nB:\r\n\r\n";
    assertThat(Walked.of(Framing.CHUNKED, -1, body))
        .isEqualTo(new Walked("a", body.length(), true, true, null));
  }

  @Test
  void endsALengthWhereItEnds() {
    assertThat(Walked.of(Framing.LENGTH, 5, "helloHTTP/1.1"))
        .isEqualTo(new Walked("hello", 5, true, false, null));
    assertThat(Walked.of(Framing.LENGTH, 6, "hello"))
        .isEqualTo(new Walked("hello", 5, false, false, null));
    assertThat(Walked.of(Framing.LENGTH, 0, "x")).isEqualTo(new Walked("", 0, true, false, null));
  }

  @Test
  void knowsNoBodyAndOneThatEndsWithTheConnection() {
    assertThat(Walked.of(Framing.NONE, -1, "x")).isEqualTo(new Walked("", 0, true, false, null));
    assertThat(Walked.of(Framing.CLOSE, -1, "hello"))
        .isEqualTo(new Walked("hello", 5, false, false, null));
  }

  @Test
  void tellsWhereAChunkOfOursCouldStand() throws Exception {
    BodyWalker walker = new BodyWalker();
    Told told = new Told();
    walker.start(Framing.CHUNKED, -1);
    assertThat(walker.atBoundary()).isTrue();
    String body = "2\r\nab\r\n1\r\nc";
    assertThat(walker.walk(Wire.bytes(body), 0, body.length(), told)).isEqualTo(body.length());
    assertThat(told.boundaries).isEqualTo(1);
    assertThat(told.lastBoundary).isEqualTo(7);
    assertThat(walker.atBoundary()).isFalse();
    walker.walk(Wire.bytes("\r\n"), 0, 2, told);
    assertThat(walker.atBoundary()).isTrue();
    assertThat(told.boundaries).isEqualTo(2);
    walker.walk(Wire.bytes("0\r\n"), 0, 3, told);
    assertThat(walker.atBoundary()).isFalse();
    walker.walk(Wire.bytes("\r\n"), 0, 2, told);
    assertThat(walker.finished()).isTrue();
    assertThat(walker.atBoundary()).isFalse();
    assertThat(told.boundaries).isEqualTo(2);

    walker.start(Framing.LENGTH, 3);
    assertThat(walker.finished()).isFalse();
    walker.walk(Wire.bytes("abc"), 0, 3, told);
    assertThat(walker.finished()).isTrue();
    assertThat(told.boundaries).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "x\r\n",
        " 5\r\nhello\r\n",
        "-1\r\n",
        "+1\r\na\r\n",
        "0x5\r\nhello\r\n",
        "5\nhello\r\n",
        "5\r\rhello",
        "5 5\r\nhello\r\n",
        "5\u0000\r\nhello\r\n",
        "5;a\u0001\r\nhello\r\n",
        "5;a\nhello\r\n",
        "5;\u00e9\r\nhello\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\rx",
        "8000000000000000\r\n",
        "FFFFFFFFFFFFFFFF\r\n",
        "00000000000000005\r\nhello",
        "0\r\nx\r\n",
        "0\r\n a: b\r\n\r\n",
        "0\r\na : b\r\n\r\n",
        "0\r\n: b\r\n\r\n",
        "0\r\na: b\n\r\n",
        "0\r\na: b\r\r\n",
        "0\r\na: b\u0000\r\n\r\n",
        "0\r\n\n",
        "0\r\n\rx",
      })
  void refusesChunksThatTwoReadersCouldReadDifferently(String body) {
    assertThat(Walked.of(Framing.CHUNKED, -1, body).bad()).isNotBlank();
  }

  @Test
  void boundsExtensionsAndTrailers() {
    assertThat(Walked.of(Framing.CHUNKED, -1, "1;" + "x".repeat(255) + "\r\na\r\n").bad()).isNull();
    assertThat(Walked.of(Framing.CHUNKED, -1, "1;" + "x".repeat(256)).bad())
        .isEqualTo("chunk extension is longer than 256 bytes");
    assertThat(Walked.of(Framing.CHUNKED, -1, "0\r\n" + "a: b\r\n".repeat(1365)).bad()).isNull();
    assertThat(Walked.of(Framing.CHUNKED, -1, "0\r\n" + "a: b\r\n".repeat(1366)).bad())
        .isEqualTo("trailers are longer than 8192 bytes");
    assertThat(Walked.of(Framing.CHUNKED, -1, "7fffffffffffffff\r\nab"))
        .isEqualTo(new Walked("ab", 20, false, false, null));
  }

  @Test
  void readsTheSameHoweverABodyIsSplit() {
    Seeds.forAll(
        5_000,
        random -> {
          StringBuilder body = new StringBuilder();
          StringBuilder payload = new StringBuilder();
          for (int chunks = random.nextInt(6); chunks > 0; chunks--) {
            int size = random.nextInt(1, 40);
            String data = "0\r\n:a".repeat(8).substring(0, size);
            body.append(
                    random.nextBoolean() ? Integer.toHexString(size) : "0" + "%X".formatted(size))
                .append(random.nextInt(3) == 0 ? " ; q=\"1\"" : "")
                .append("\r\n")
                .append(data)
                .append("\r\n");
            payload.append(data);
          }
          boolean trailers = random.nextInt(3) == 0;
          body.append(trailers ? "0\r\nA-b:\tc\r\n\r\n" : "0\r\n\r\n");
          int end = body.length();
          body.append("HTTP/1.1".substring(random.nextInt(8)));
          Walked expected = new Walked(payload.toString(), end, true, trailers, null);
          String text = body.toString();

          assertThat(Walked.of(Framing.CHUNKED, -1, text, cuts(random, text.length())))
              .isEqualTo(expected);
          assertThat(Walked.of(Framing.LENGTH, end, text, cuts(random, text.length())))
              .isEqualTo(new Walked(text.substring(0, end), end, true, false, null));
        });
  }

  @Test
  void mutatedBodiesAreWalkedOrRefusedTheSameInAnyPieces() {
    String seed = "5;a=b\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nx: y\r\n\r\n";
    String spice = "\r\n\t\0 :;0123fFx\u00ff";
    Seeds.forAll(
        200_000,
        random -> {
          String body = Seeds.mutated(seed, spice, random);
          Walked whole = Walked.of(Framing.CHUNKED, -1, body);
          assertThat(Walked.of(Framing.CHUNKED, -1, body, cuts(random, body.length())))
              .isEqualTo(whole);
        });
  }

  private static int[] cuts(RandomGenerator random, int length) {
    return random.ints(random.nextInt(5), 0, length + 1).sorted().toArray();
  }
}
