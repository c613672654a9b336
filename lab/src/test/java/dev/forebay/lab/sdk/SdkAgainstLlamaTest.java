package dev.forebay.lab.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.lab.engine.llama.LlamaEngine;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The official clients against real llama.cpp: what a story model can do, which excludes tools.
@Timeout(240)
class SdkAgainstLlamaTest {
  private static final Set<Scenario> STORY =
      EnumSet.of(Scenario.PLAIN, Scenario.STREAM, Scenario.ERROR, Scenario.CANCEL);

  @Test
  void servesTheJavaClient() throws Exception {
    try (LlamaEngine engine = start()) {
      assertThat(JavaScenarios.run(OpenAiJavaSdk::new, baseUrl(engine), engine.model(), STORY))
          .hasSize(STORY.size())
          .allSatisfy(verdict -> assertThat(verdict.ok()).as(verdict.toString()).isTrue());
    }
  }

  @Test
  void servesTheNpmClient() throws Exception {
    try (LlamaEngine engine = start()) {
      assertThat(NpmSdk.run("openai", baseUrl(engine), engine.model(), STORY))
          .hasSize(STORY.size())
          .allSatisfy(verdict -> assertThat(verdict.ok()).as(verdict.toString()).isTrue());
    }
  }

  private static LlamaEngine start() throws Exception {
    String data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "skipped: FOREBAY_DATA is not set, so there are no model weights");
    return LlamaEngine.start(Path.of(data, "models", "stories260K.gguf"), 0);
  }

  private static URI baseUrl(LlamaEngine engine) {
    return engine.address().resolve("/v1");
  }
}
