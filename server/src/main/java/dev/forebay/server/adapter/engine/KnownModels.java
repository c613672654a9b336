package dev.forebay.server.adapter.engine;

import dev.forebay.gpu.KvFormula;
import dev.forebay.gpu.KvShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Computes how many tokens the KV cache of an engine holds from what is known of its model and its
/// GPU. Where either is not known for sure, nothing is computed: a wrong size is worse than none.
/// Safe for all threads.
public final class KnownModels {
  private static final Logger LOG = LoggerFactory.getLogger(KnownModels.class);
  private static final double GIB = 1L << 30;

  /// Memory of GPUs and MIG slices by name, GiB.
  static final Map<String, Double> GPUS = DataFile.read("gpus.yaml", Gpus.class);

  /// Names the type that is read.
  private static final class Gpus extends LinkedHashMap<String, Double> {
    private static final long serialVersionUID = 1;
  }

  /// What can follow the name of a model and leaves its shape as it is.
  private static final Set<String> NEUTRAL =
      Set.of("instruct", "chat", "base", "it", "hf", "bf16", "fp16", "dynamic", "quantized");

  /// Weights in fewer bits, with their scales, as shares of what they take in 16.
  private static final Map<String, Double> SHARES =
      Map.of(
          "fp8", 0.511, "int8", 0.511, "w8a8", 0.511, "awq", 0.28, "gptq", 0.28, "int4", 0.28,
          "w4a16", 0.28, "4bit", 0.28);

  private final List<KnownModel> models;

  private KnownModels(List<KnownModel> models) {
    this.models = models;
  }

  /// Those that are known from the start.
  public static KnownModels load() {
    KnownModel[] models = DataFile.read("models.yaml", KnownModel[].class);
    // The longest name first: r1-distill-qwen-7b is no qwen-7b.
    Comparator<KnownModel> longest = Comparator.comparingInt(model -> -model.name().length());
    return new KnownModels(Arrays.stream(models).sorted(longest).toList());
  }

  /// What is known of a model's size.
  ///
  /// @param weightBytes 0 if that is not known
  record Size(KvShape shape, double weightBytes) {}

  /// The tokens that a replica's KV cache holds, as the operator wrote or as follows.
  ///
  /// @param served names of models that the replica serves
  public OptionalLong tokens(KvConfig config, List<String> served) {
    if (config.tokens() > 0) {
      return OptionalLong.of(config.tokens());
    }
    Double memory = GPUS.get(config.gpu());
    Optional<Size> size = memory == null ? Optional.empty() : size(config, served);
    if (memory == null || size.isEmpty()) {
      return OptionalLong.empty();
    }
    double weights = config.weights() > 0 ? config.weights() : size.get().weightBytes();
    long tokens =
        weights == 0
            ? 0
            : KvFormula.tokens(
                size.get().shape(),
                memory * GIB,
                config.memoryPercent() / 100.0,
                weights,
                config.gpus());
    return tokens == 0 ? OptionalLong.empty() : OptionalLong.of(tokens);
  }

  private Optional<Size> size(KvConfig config, List<String> served) {
    String model =
        config.model().isEmpty() && !served.isEmpty() ? served.getFirst() : config.model();
    if (!model.endsWith(".json")) {
      return named(model);
    }
    try {
      return Optional.of(new Size(ModelConfigFile.shape(Files.readAllBytes(Path.of(model))), 0));
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("cannot take a model's shape from {}: {}", model, e.getMessage());
      return Optional.empty();
    }
  }

  /// The size of a model by what it is called, with or without whose it is (`Qwen/Qwen3-32B-AWQ`).
  Optional<Size> named(String model) {
    String name = model.substring(model.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    for (KnownModel known : models) {
      int at = name.indexOf(known.name());
      if (at >= 0) {
        double share = share(name.substring(at + known.name().length()));
        return share == 0
            ? Optional.empty()
            : Optional.of(new Size(known.shape(), known.weightsGiB() * GIB * share));
      }
    }
    return Optional.empty();
  }

  /// Share of its published weights that a variant takes; 0 if it may be another model.
  private static double share(String suffix) {
    if (suffix.isEmpty()) {
      return 1;
    }
    if (suffix.charAt(0) != '-') {
      return 0;
    }
    double share = 1;
    for (String word : suffix.substring(1).split("-", -1)) {
      if (SHARES.containsKey(word)) {
        share = SHARES.get(word);
      } else if (!NEUTRAL.contains(word) && !word.matches("v?[0-9.]+")) {
        return 0;
      }
    }
    return share;
  }
}
