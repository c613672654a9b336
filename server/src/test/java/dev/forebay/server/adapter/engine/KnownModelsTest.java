package dev.forebay.server.adapter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forebay.gpu.KvShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownModelsTest {
  private static final KnownModels MODELS = KnownModels.load();
  private static final double KIB = 1 << 10;

  @TempDir Path folder = Path.of("set by JUnit");

  /// Which model fits which slice, and with how many thousand tokens; 0 where it does not fit.
  @ParameterizedTest
  @CsvSource({
    "DeepSeek-R1-Distill-Qwen-1.5B, 1g.10gb, 174",
    "DeepSeek-R1-Distill-Qwen-1.5B, 2g.20gb, 514",
    "DeepSeek-R1-Distill-Qwen-1.5B, 1g.18gb, 390",
    "DeepSeek-R1-Distill-Qwen-1.5B, 3g.40gb, 1190",
    "DeepSeek-R1-Distill-Qwen-1.5B, 7g.80gb, 2560",
    "DeepSeek-R1-Distill-Qwen-1.5B, 7g.141gb, 4660",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B, 1g.10gb, 0",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B, 2g.20gb, 53",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B, 3g.40gb, 392",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B, 7g.80gb, 1080",
    "DeepSeek-R1-Distill-Qwen-7B-AWQ, 1g.10gb, 75",
    "DeepSeek-R1-Distill-Qwen-7B-AWQ, 3g.40gb, 583",
    "R1-Distill-Qwen-32B-int4, 2g.20gb, 0",
    "R1-Distill-Qwen-32B-int4, 3g.40gb, 74",
    "R1-Distill-Qwen-32B-int4, 7g.80gb, 224",
    "R1-Distill-Qwen-32B-FP8-dynamic, 3g.40gb, 16",
    "R1-Distill-Qwen-32B-FP8-dynamic, 7g.80gb, 166",
    "R1-Distill-Llama-70B-FP8, 3g.40gb, 0",
    "R1-Distill-Llama-70B-FP8, 7g.80gb, 15",
    "R1-Distill-Llama-70B-FP8, 7g.141gb, 199"
  })
  void whichModelFitsWhichSlice(String model, String slice, long thousands) {
    OptionalLong tokens = MODELS.tokens(kv(0, "", slice, 0), List.of(model));
    if (thousands == 0) {
      assertThat(tokens).isEmpty();
    } else {
      assertThat((double) tokens.orElseThrow())
          .isCloseTo(thousands * 1e3, within(thousands * 1e3 * 0.04));
    }
  }

  @Test
  void whatMayBeAnotherModelIsNotGuessed() {
    assertThat(MODELS.named("Qwen/Qwen3-32B-Instruct-2507")).isPresent();
    assertThat(MODELS.named("DeepSeek-R1-Distill-Falcon-9B")).isEmpty();
    assertThat(MODELS.named("llama-3-8b-q4_k_m.gguf")).isEmpty();
    assertThat(MODELS.named("qwen3-32bx")).isEmpty();
    assertThat(MODELS.named("")).isEmpty();
    assertThat(MODELS.tokens(kv(0, "", "", 0), List.of("qwen3-8b"))).isEmpty();
  }

  @Test
  void whatTheOperatorWroteCounts() {
    assertThat(MODELS.tokens(kv(1234, "", "h100", 0), List.of("qwen3-8b"))).hasValue(1234);
    assertThatThrownBy(() -> kv(0, "", "h1000", 0)).hasMessageStartingWith("gpu must be one of a1");
  }

  @Test
  void aModelsOwnFileTellsItsShape() throws Exception {
    Path file = folder.resolve("config.json");
    Files.writeString(
        file,
        """
        {"num_hidden_layers": 28, "num_attention_heads": 28, "num_key_value_heads": 4,
         "hidden_size": 3584, "torch_dtype": "bfloat16"}
        """);
    long weights = (long) (14.2 * (1 << 30));
    assertThat(MODELS.tokens(kv(0, file.toString(), "2g.20gb", weights), List.of()))
        .isEqualTo(MODELS.tokens(kv(0, "r1-distill-qwen-7b", "2g.20gb", 0), List.of()));
    // what its weights take stands in no such file
    assertThat(MODELS.tokens(kv(0, file.toString(), "2g.20gb", 0), List.of())).isEmpty();
    assertThat(MODELS.tokens(kv(0, "/nowhere/config.json", "2g.20gb", 1), List.of())).isEmpty();
  }

  @Test
  void shapesOfOtherKinds() {
    KvShape latent =
        shape("{\"num_hidden_layers\": 61, \"kv_lora_rank\": 512, \"qk_rope_head_dim\": 64}");
    assertThat(latent.bytesPerToken(1)).isCloseTo(68.6 * KIB, within(0.1 * KIB));
    KvShape inside =
        shape(
            "{\"text_config\": {\"num_hidden_layers\": 2, \"num_attention_heads\": 4,"
                + " \"head_dim\": 8}, \"torch_dtype\": \"float32\"}");
    assertThat(inside.bytesPerToken(1)).isEqualTo(2 * 2 * 4 * 8 * 4);
    assertThatThrownBy(() -> shape("{}")).hasMessage("it has no num_hidden_layers above 0");
    assertThatThrownBy(() -> shape("no")).hasMessage("it is no JSON");
  }

  private static KvShape shape(String json) {
    return ModelConfigFile.shape(json.getBytes(UTF_8));
  }

  private static KvConfig kv(long tokens, String model, String gpu, long weights) {
    return new KvConfig(tokens, model, gpu, 1, 92, weights, true);
  }
}
