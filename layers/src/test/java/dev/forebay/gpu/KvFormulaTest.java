package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forebay.Seeds;
import dev.forebay.gpu.KvShape.Heads;
import dev.forebay.gpu.KvShape.Latent;
import org.junit.jupiter.api.Test;

class KvFormulaTest {
  private static final double KIB = 1 << 10;
  private static final double GIB = 1 << 30;
  private static final Heads QWEN_7B = new Heads(28, 4, 128, 2);
  private static final Heads LLAMA_70B = new Heads(80, 8, 128, 2);

  @Test
  void aTokenTakesAKeyAndAValueForEachHeadOfEachLayer() {
    assertThat(QWEN_7B.bytesPerToken(1)).isEqualTo(56 * KIB);
    assertThat(new Heads(32, 8, 128, 2).bytesPerToken(1)).isEqualTo(128 * KIB);
    assertThat(LLAMA_70B.bytesPerToken(1)).isEqualTo(320 * KIB);
    assertThat(new Heads(96, 96, 128, 2).bytesPerToken(1)).isEqualTo(4608 * KIB);
  }

  @Test
  void fp8HalvesIt() {
    assertThat(new Heads(80, 8, 128, 1).bytesPerToken(1)).isEqualTo(160 * KIB);
  }

  @Test
  void gpusShareHeadsAndThenKeepCopies() {
    assertThat(LLAMA_70B.bytesPerToken(8)).isEqualTo(40 * KIB);
    assertThat(LLAMA_70B.bytesPerToken(16)).isEqualTo(40 * KIB);
  }

  @Test
  void eachGpuKeepsALatentVectorWhole() {
    Latent deepseek = new Latent(61, 512, 64, 2);
    assertThat(deepseek.bytesPerToken(1)).isCloseTo(68.6 * KIB, within(0.1 * KIB));
    assertThat(deepseek.bytesPerToken(8)).isEqualTo(deepseek.bytesPerToken(1));
  }

  @Test
  void whatTheWeightsLeaveIsCache() {
    // a 7B model in bf16 on a slice of 20 GB, and on one of 10 GB, where it does not fit
    assertThat(KvFormula.tokens(QWEN_7B, 19.62 * GIB, 0.92, 14.2 * GIB, 1))
        .isCloseTo(53_000, within(500L));
    assertThat(KvFormula.tokens(QWEN_7B, 9.75 * GIB, 0.92, 14.2 * GIB, 1)).isZero();
  }

  @Test
  void moreMemoryNeverHoldsLessAndHeavierWeightsNeverMore() {
    Seeds.forAll(
        300,
        random -> {
          int gpus = 1 << random.nextInt(4);
          double memory = random.nextDouble(200) * GIB;
          double weights = random.nextDouble(300) * GIB;
          double more = random.nextDouble(50) * GIB;
          long tokens = KvFormula.tokens(LLAMA_70B, memory, 0.9, weights, gpus);
          assertThat(KvFormula.tokens(LLAMA_70B, memory + more, 0.9, weights, gpus))
              .isGreaterThanOrEqualTo(tokens);
          assertThat(KvFormula.tokens(LLAMA_70B, memory, 0.9, weights + more, gpus))
              .isLessThanOrEqualTo(tokens);
          // what the cache takes fits beside the rest
          assertThat(tokens * LLAMA_70B.bytesPerToken(gpus)).isLessThanOrEqualTo(memory * 0.9);
        });
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> KvFormula.tokens(QWEN_7B, GIB, 1.2, 0, 1))
        .hasMessage("utilisation must be in (0, 1], was 1.2");
    assertThatThrownBy(() -> KvFormula.tokens(QWEN_7B, Double.NaN, 0.9, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Heads(0, 8, 128, 2))
        .hasMessage("layers must be > 0 and <= 1000000, was 0.0");
  }
}
