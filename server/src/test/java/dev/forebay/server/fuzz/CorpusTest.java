package dev.forebay.server.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.server.adapter.engine.ExpositionFuzz;
import dev.forebay.server.openai.AnswerFuzz;
import dev.forebay.server.openai.RequestFuzz;
import dev.forebay.server.upstream.ResponseFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every input that a fuzzer begins with, and some near each, in every run of the tests.
final class CorpusTest {
  private static final int NEAR = 100;

  @Test
  void answersAreReadTheSameInAnyPiecesAndPassedOnUnmistakably() throws Exception {
    holds("response", ResponseFuzz::fuzzerTestOneInput);
  }

  @Test
  void eventsAreWhereThePlainReadingFindsThem() throws Exception {
    holds("answer", AnswerFuzz::fuzzerTestOneInput);
  }

  @Test
  void bodiesAreUnderstoodAsTheJsonParserUnderstandsThem() throws Exception {
    holds("request", RequestFuzz::fuzzerTestOneInput);
  }

  @Test
  void pagesOfMetricsAreReadOrLeftAlone() throws Exception {
    holds("metrics", ExpositionFuzz::fuzzerTestOneInput);
  }

  private static void holds(String folder, Consumer<byte[]> law) throws Exception {
    List<Path> inputs = inputs(folder);
    assertThat(inputs).isNotEmpty();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    for (Path input : inputs) {
      byte[] bytes = Files.readAllBytes(input);
      check(input, bytes, law);
      for (int i = 0; i < NEAR && bytes.length > 0; i++) {
        byte[] near = bytes.clone();
        for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
          near[random.nextInt(near.length)] = (byte) random.nextInt(256);
        }
        check(input, near, law);
      }
    }
  }

  private static void check(Path input, byte[] bytes, Consumer<byte[]> law) {
    try {
      law.accept(bytes);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "near " + input.getFileName() + ": " + HexFormat.of().formatHex(bytes), e);
    }
  }

  private static List<Path> inputs(String folder) throws Exception {
    Path path = Path.of(Objects.requireNonNull(CorpusTest.class.getResource(folder)).toURI());
    try (Stream<Path> files = Files.list(path)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new AssertionError("no corpus in " + path, e);
    }
  }
}
