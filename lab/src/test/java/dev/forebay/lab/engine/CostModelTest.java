package dev.forebay.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;

/// Published measurements against the formula; the tolerances say how far it may be trusted.
class CostModelTest {

  private static final CostModel LLAMA_8B_H100 =
      CostModel.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1);

  @Test
  void prefillsQwen32BOnTwoH100AsFastAsLlmDCalibrated() {
    var cost = CostModel.of(GpuPreset.H100, ModelPreset.QWEN3_32B, 2);
    double seconds = cost.iterationNanos(8_192, 0, CostModel.pairs(8_192, 0)) / 1e9;
    assertThat(8_192 / seconds).isCloseTo(15_928, withinPercentage(10));
  }

  @Test
  void decodesOneStreamOf8BOnAnA100AsFastAsVllm() {
    var cost = new CostModel(GpuPreset.A100_40, ModelPreset.LLAMA_3_8B, 1, 0.0008, 0.77, 0.62);
    assertThat(1e9 / cost.iterationNanos(1, 1_088, 0)).isCloseTo(75, withinPercentage(10));
  }

  @Test
  void decodesBatchesOf8BOnAnH100AsFastAsInferenceBench() {
    assertThat(millis(LLAMA_8B_H100, 1, 1_024)).isCloseTo(6.48, withinPercentage(20));
    assertThat(millis(LLAMA_8B_H100, 4, 4 * 1_024)).isCloseTo(6.59, withinPercentage(20));
    assertThat(millis(LLAMA_8B_H100, 16, 16 * 1_024)).isCloseTo(10.9, withinPercentage(30));
  }

  @Test
  void agreesWithTheTableForBloomOnAStackOf2022() {
    var cost = new CostModel(GpuPreset.H100, ModelPreset.BLOOM_176B, 8, 0.012, 0.55, 0.55);
    assertThat(millis(cost, 1, 576)).isCloseTo(36.1, withinPercentage(5));
    assertThat(millis(cost, 16, 16 * 576)).isCloseTo(40.6, withinPercentage(10));
    assertThat(millis(cost, 32, 32 * 576)).isCloseTo(45.8, withinPercentage(15));
    assertThat(prefillMillis(cost, 512)).isCloseTo(75.5, withinPercentage(20));
  }

  @Test
  void isNearTheTableForBloomOnEightA100AndTooFastForLargeBatchesOfThatTime() {
    var cost = new CostModel(GpuPreset.A100_80, ModelPreset.BLOOM_176B, 8, 0.012, 0.55, 0.55);
    assertThat(millis(cost, 1, 576)).isCloseTo(49, withinPercentage(10));
    assertThat(millis(cost, 64, 64 * 576)).isBetween(97 * 0.65, 97.0);
    assertThat(prefillMillis(cost, 512)).isCloseTo(174, withinPercentage(15));
    assertThat(prefillMillis(cost, 2_048)).isCloseTo(540, withinPercentage(10));
    assertThat(prefillMillis(cost, 8_192)).isBetween(3_593 * 0.55, 3_593.0);
  }

  @Test
  void leavesBarelyAnyRoomFor8BInAMigSliceOf20Gigabytes() {
    var slice = GpuPreset.A100_80.slice("2g.20gb", 20L << 30, 2 / 8.0, 2 / 7.0);
    var cost = CostModel.of(slice, ModelPreset.LLAMA_3_8B, 1);
    assertThat(millis(cost, 1, 0)).isCloseTo(43, within(3.0));
    assertThat(cost.kvCapacityTokens()).isLessThan(20_000);
  }

  @Test
  void hasNoKvCacheWhereTheWeightsDoNotFit() {
    var slice = GpuPreset.A100_80.slice("1g.10gb", 10L << 30, 1 / 8.0, 1 / 7.0);
    assertThat(CostModel.of(slice, ModelPreset.LLAMA_3_8B, 1).kvCapacityTokens()).isZero();
    assertThatThrownBy(() -> EngineConfig.of(slice, ModelPreset.LLAMA_3_8B, 1))
        .hasMessage("kvBlocks must be > 0, was 0");
  }

  @Test
  void needsTheFleetDeepSeekReported() {
    // 608e9 prompt and 168e9 output tokens a day; 73.7k and 14.8k tokens a second from one node
    double nodes = 608e9 / 86_400 / 73.7e3 + 168e9 / 86_400 / 14.8e3;
    assertThat(nodes).isCloseTo(226.75, withinPercentage(1));
  }

  @Test
  void costsMoreForEachThingAnIterationDoesMore() {
    Seeds.forAll(
        300,
        random -> {
          int tokens = random.nextInt(1, 8_192);
          long context = random.nextInt(1_000_000);
          double pairs = random.nextInt(1_000_000);
          long nanos = LLAMA_8B_H100.iterationNanos(tokens, context, pairs);
          assertThat(LLAMA_8B_H100.iterationNanos(tokens + 64, context, pairs))
              .isGreaterThan(nanos);
          assertThat(LLAMA_8B_H100.iterationNanos(tokens, context + 1_000, pairs))
              .isGreaterThan(nanos);
          assertThat(LLAMA_8B_H100.iterationNanos(tokens, context, pairs + 1e6))
              .isGreaterThan(nanos);
        });
  }

  @Test
  void namesThePresetsThereAreWhenAskedForAnother() {
    assertThat(GpuPreset.named("H100")).isEqualTo(GpuPreset.H100);
    assertThatThrownBy(() -> GpuPreset.named("h99"))
        .hasMessage("gpu must be one of [a100-40, a100-80, h100, h200], was h99");
    assertThatThrownBy(() -> ModelPreset.named("gpt")).hasMessageContaining("llama-3-8b");
  }

  private static double millis(CostModel cost, int decodes, long context) {
    return cost.iterationNanos(decodes, context, 0) / 1e6;
  }

  private static double prefillMillis(CostModel cost, int tokens) {
    return cost.iterationNanos(tokens, 0, CostModel.pairs(tokens, 0)) / 1e6;
  }
}
