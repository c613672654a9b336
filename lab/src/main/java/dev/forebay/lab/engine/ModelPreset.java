package dev.forebay.lab.engine;

import java.util.List;

/// The numbers of a model's shape that decide what an iteration costs.
///
/// @param parameters all of them; they fill memory
/// @param activeParameters those a token passes through: without the input embedding, which is
///   looked up and not multiplied, and without the experts not chosen
/// @param bytesPerParameter 2 for bf16, 1 for fp8
/// @param attentionWidth heads × head dimension
/// @param kvBytesPerToken over all layers, before it is split over GPUs
public record ModelPreset(
    String name,
    double parameters,
    double activeParameters,
    double bytesPerParameter,
    int layers,
    int attentionWidth,
    long kvBytesPerToken) {

  public static final ModelPreset LLAMA_3_8B =
      dense("llama-3-8b", 8.030e9, 128_256, 4_096, 32, 32, 8);
  public static final ModelPreset LLAMA_2_7B =
      dense("llama-2-7b", 6.738e9, 32_000, 4_096, 32, 32, 32);
  public static final ModelPreset LLAMA_3_70B =
      dense("llama-3-70b", 70.554e9, 128_256, 8_192, 80, 64, 8);
  public static final ModelPreset QWEN3_32B =
      dense("qwen3-32b", 32.762e9, 151_936, 5_120, 64, 64, 8);
  public static final ModelPreset R1_DISTILL_QWEN_7B =
      dense("r1-distill-qwen-7b", 7.616e9, 152_064, 3_584, 28, 28, 4);
  public static final ModelPreset BLOOM_176B =
      new ModelPreset("bloom-176b", 176.25e9, 176.25e9, 2, 70, 112 * 128, kvBytes(70, 112));
  public static final ModelPreset DEEPSEEK_V3 =
      new ModelPreset("deepseek-v3", 671e9, 37e9, 1, 61, 128 * 192, 61 * (512 + 64) * 2);

  public static final List<ModelPreset> ALL =
      List.of(
          LLAMA_3_8B,
          LLAMA_2_7B,
          LLAMA_3_70B,
          QWEN3_32B,
          R1_DISTILL_QWEN_7B,
          BLOOM_176B,
          DEEPSEEK_V3);

  public ModelPreset {
    if (parameters < activeParameters || activeParameters <= 0) {
      throw new IllegalArgumentException(
          "activeParameters must be in (0, parameters], was " + activeParameters);
    }
    if (layers <= 0 || attentionWidth <= 0 || kvBytesPerToken <= 0) {
      throw new IllegalArgumentException(
          "layers, attentionWidth and kvBytesPerToken must be > 0, were %d, %d, %d"
              .formatted(layers, attentionWidth, kvBytesPerToken));
    }
  }

  /// The preset of that name, in any case.
  ///
  /// @throws IllegalArgumentException if no preset has that name; the message lists those there are
  public static ModelPreset named(String name) {
    return ALL.stream()
        .filter(model -> model.name.equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "model must be one of %s, was %s"
                    .formatted(ALL.stream().map(ModelPreset::name).toList(), name)));
  }

  double weightBytes() {
    return parameters * bytesPerParameter;
  }

  /// A dense bf16 model with heads of 128.
  private static ModelPreset dense(
      String name,
      double parameters,
      int vocabulary,
      int hidden,
      int layers,
      int heads,
      int kvHeads) {
    return new ModelPreset(
        name,
        parameters,
        parameters - (double) vocabulary * hidden,
        2,
        layers,
        heads * 128,
        kvBytes(layers, kvHeads));
  }

  private static long kvBytes(int layers, int kvHeads) {
    return 2L * layers * kvHeads * 128 * 2;
  }
}
