package dev.forebay.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.lab.LocalGateway;
import dev.forebay.lab.engine.llama.LlamaEngine;
import dev.forebay.server.Gateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the gateway knows of engines that it was told nothing about but where they are.
@Timeout(60)
class ScrapedEngineTest {

  @Test
  void knowsTheLoadOfAnEngineLikeVllm() throws Exception {
    EngineConfig config =
        EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1).withModels("m");
    try (FakeEngine engine = FakeEngine.start(config);
        Gateway gateway =
            LocalGateway.before("m", List.of(URI.create("http://127.0.0.1:" + engine.port())))) {
      JsonNode shown = shown(gateway);
      assertThat(shown.path("running").asLong(-1)).isZero();
      assertThat(shown.path("waiting").asLong(-1)).isZero();
      assertThat(shown.path("kv_usage").asDouble(-1)).isZero();
      assertThat(shown.path("block_size").asLong()).isEqualTo(SchedulerConfig.BLOCK_TOKENS);
      assertThat(shown.path("kv_capacity_tokens").asLong())
          .isEqualTo((long) config.scheduler().kvBlocks() * SchedulerConfig.BLOCK_TOKENS);
    }
  }

  @Test
  void knowsTheLoadOfLlamaCpp() throws Exception {
    String data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "skipped: FOREBAY_DATA is not set, so there are no model weights");
    try (LlamaEngine engine = LlamaEngine.start(Path.of(data, "models", "stories260K.gguf"), 0);
        Gateway gateway = LocalGateway.before(engine.model(), List.of(engine.address()))) {
      JsonNode shown = shown(gateway);
      assertThat(shown.path("running").asLong(-1)).isZero();
      assertThat(shown.path("waiting").asLong(-1)).isZero();
      assertThat(shown.path("kv_usage").asDouble(-1)).isZero();
    }
  }

  private static JsonNode shown(Gateway gateway) throws Exception {
    URI page = URI.create("http://127.0.0.1:" + gateway.adminPort() + "/admin/gpus");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return await()
          .until(
              () ->
                  JsonMapper.shared()
                      .readTree(
                          client
                              .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                              .body())
                      .at("/replicas/0/engine"),
              engine -> !engine.isMissingNode());
    }
  }
}
