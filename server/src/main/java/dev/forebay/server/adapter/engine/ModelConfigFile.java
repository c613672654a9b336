package dev.forebay.server.adapter.engine;

import dev.forebay.gpu.KvShape;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the `config.json` that a model is published with.
public final class ModelConfigFile {
  private static final double BF16 = 2;
  private static final double FP32 = 4;

  private ModelConfigFile() {}

  /// The shape of the model, with its KV cache in the type of the model.
  ///
  /// @throws IllegalArgumentException if the text does not say it
  public static KvShape shape(byte[] json) {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("it is no JSON", e);
    }
    // Models that also see or hear keep the shape of the part that writes below.
    JsonNode config = root.has("text_config") ? root.path("text_config") : root;
    double bytes = bytes(config, root);
    int layers = number(config, "num_hidden_layers");
    if (config.has("kv_lora_rank") && !config.path("kv_lora_rank").isNull()) {
      return new KvShape.Latent(
          layers, number(config, "kv_lora_rank"), number(config, "qk_rope_head_dim"), bytes);
    }
    int heads = number(config, "num_attention_heads");
    int kvHeads =
        config.path("num_key_value_heads").isInt() ? number(config, "num_key_value_heads") : heads;
    int headDim =
        config.path("head_dim").isInt()
            ? number(config, "head_dim")
            : number(config, "hidden_size") / heads;
    return new KvShape.Heads(layers, kvHeads, headDim, bytes);
  }

  private static int number(JsonNode config, String key) {
    JsonNode value = config.path(key);
    if (!value.isInt() || value.intValue() < 1) {
      throw new IllegalArgumentException("it has no " + key + " above 0");
    }
    return value.intValue();
  }

  /// Whatever the weights are quantised to, the cache is not, unless the engine is told so.
  private static double bytes(JsonNode config, JsonNode root) {
    String type =
        config.path("torch_dtype").asString(root.path("torch_dtype").asString("bfloat16"));
    return type.toLowerCase(Locale.ROOT).equals("float32") ? FP32 : BF16;
  }
}
