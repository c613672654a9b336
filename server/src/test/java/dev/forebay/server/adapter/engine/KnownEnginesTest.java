package dev.forebay.server.adapter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.gpu.Telemetry;
import dev.forebay.server.adapter.engine.KnownEngines.Page;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KnownEnginesTest {
  private static final OptionalLong NONE = OptionalLong.empty();
  private static final KnownEngines ENGINES = KnownEngines.load();

  @Test
  void vllm() {
    Page page =
        read(
            """
            # TYPE vllm:num_requests_running gauge
            vllm:num_requests_running{engine="0",model_name="m"} 12.0
            vllm:num_requests_waiting{engine="0",model_name="m"} 3.0
            vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.42
            vllm:cache_config_info{block_size="16",engine="0",num_gpu_blocks="2048"} 1.0
            vllm:num_preemptions_total{engine="0",model_name="m"} 5.0
            vllm:num_preemptions_created{engine="0",model_name="m"} 1.7e+09
            vllm:prefix_cache_queries_total{engine="0",model_name="m"} 1000.0
            vllm:prefix_cache_hits_total{engine="0",model_name="m"} 250.0
            vllm:time_to_first_token_seconds_bucket{engine="0",le="0.1"} 3.0
            """);
    assertThat(page.engine()).isEqualTo("vllm");
    assertThat(page.telemetry())
        .isEqualTo(
            new Telemetry(
                1,
                2,
                OptionalDouble.of(0.42),
                OptionalLong.of(32_768),
                OptionalLong.of(12),
                OptionalLong.of(3),
                NONE,
                OptionalLong.of(5),
                OptionalLong.of(16),
                OptionalLong.of(250),
                OptionalLong.of(1000)));
  }

  @Test
  void anOlderVllmSaysItsCacheUnderAnotherName() {
    Telemetry shown =
        read("vllm:num_requests_running 1\nvllm:gpu_cache_usage_perc 0.9\n").telemetry();
    assertThat(shown.kvUsage()).hasValue(0.9);
    assertThat(shown.kvCapacityTokens()).isEmpty();
    assertThat(shown.waiting()).isEmpty();
    // where both are there, today's name counts
    assertThat(
            read("vllm:gpu_cache_usage_perc 0.9\nvllm:kv_cache_usage_perc 0.3\n")
                .telemetry()
                .kvUsage())
        .hasValue(0.3);
  }

  @Test
  void ranksAreAddedUpAndTheFullestCounts() {
    Telemetry shown =
        read("""
        vllm:num_requests_running{engine="0"} 10
        vllm:num_requests_running{engine="1"} 4
        vllm:kv_cache_usage_perc{engine="0"} 0.8
        vllm:kv_cache_usage_perc{engine="1"} 0.1
        vllm:cache_config_info{block_size="16",engine="0",num_gpu_blocks="100"} 1
        vllm:cache_config_info{block_size="16",engine="1",num_gpu_blocks="100"} 1
        """)
            .telemetry();
    assertThat(shown.running()).hasValue(14);
    assertThat(shown.kvUsage()).hasValue(0.8);
    assertThat(shown.kvCapacityTokens()).hasValue(3200);
    assertThat(shown.blockSize()).hasValue(16);
  }

  @Test
  void sglang() {
    Page page =
        read(
            """
            sglang:num_running_reqs{model_name="m"} 7.0
            sglang:num_queue_reqs{model_name="m"} 2.0
            sglang:token_usage{model_name="m"} 0.28
            sglang:max_total_num_tokens{model_name="m"} 454554.0
            sglang:cache_config_info{page_size="1",num_pages="454554"} 1.0
            sglang:num_retracted_reqs{model_name="m"} 0.0
            """);
    assertThat(page.engine()).isEqualTo("sglang");
    assertThat(page.telemetry().running()).hasValue(7);
    assertThat(page.telemetry().waiting()).hasValue(2);
    assertThat(page.telemetry().kvUsage()).hasValue(0.28);
    assertThat(page.telemetry().kvCapacityTokens()).hasValue(454_554);
    assertThat(page.telemetry().preemptions()).hasValue(0);
  }

  @Test
  void tgiShowsItsLineAndNothingOfItsCache() {
    Page page =
        read("tgi_queue_size 4\ntgi_batch_current_size 8\ntgi_batch_current_max_tokens 9\n");
    assertThat(page.engine()).isEqualTo("tgi");
    assertThat(page.telemetry().waiting()).hasValue(4);
    assertThat(page.telemetry().running()).hasValue(8);
    assertThat(page.telemetry().kvUsage()).isEmpty();
  }

  @Test
  void llamaCppOfTodayAndOfYesterday() {
    Telemetry today =
        read("""
        llamacpp:requests_processing 2
        llamacpp:requests_deferred 1
        llamacpp:predicted_tokens_seconds nan
        """)
            .telemetry();
    assertThat(today.running()).hasValue(2);
    assertThat(today.waiting()).hasValue(1);
    assertThat(today.kvUsage()).isEmpty();
    Page yesterday =
        read("\"llamacpp:requests_processing 2\\nllamacpp:kv_cache_usage_ratio 0.5\\n\"");
    assertThat(yesterday.engine()).isEqualTo("llamacpp");
    assertThat(yesterday.telemetry().kvUsage()).hasValue(0.5);
  }

  @Test
  void tensorRtAndTriton() {
    Page trt =
        read(
            """
            trtllm_num_requests_running 3
            trtllm_num_requests_waiting 1
            trtllm_kv_cache_utilization 0.25
            trtllm_kv_cache_max_blocks 100
            trtllm_kv_cache_tokens_per_block 32
            """);
    assertThat(trt.engine()).isEqualTo("tensorrt");
    assertThat(trt.telemetry().kvCapacityTokens()).hasValue(3200);
    Page triton =
        read(
            """
            nv_trt_llm_request_metrics{model="m",request_type="waiting",version="1"} 1
            nv_trt_llm_request_metrics{model="m",request_type="scheduled",version="1"} 5
            nv_trt_llm_request_metrics{model="m",request_type="max",version="1"} 512
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="m"} 0.5
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="tokens_per",model="m"} 64
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="used",model="m"} 50
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="max",model="m"} 100
            """);
    assertThat(triton.engine()).isEqualTo("triton");
    assertThat(triton.telemetry().running()).hasValue(5);
    assertThat(triton.telemetry().waiting()).hasValue(1);
    assertThat(triton.telemetry().maxNumSeqs()).hasValue(512);
    assertThat(triton.telemetry().kvUsage()).hasValue(0.5);
    assertThat(triton.telemetry().kvCapacityTokens()).hasValue(6400);
  }

  @Test
  void whatCannotBeIsUnknown() {
    Telemetry shown =
        read("""
        vllm:num_requests_running 1
        vllm:num_requests_waiting NaN
        vllm:kv_cache_usage_perc 42
        vllm:num_preemptions_total -1
        vllm:cache_config_info{block_size="16",num_gpu_blocks="None"} 1
        """)
            .telemetry();
    assertThat(shown.waiting()).isEmpty();
    assertThat(shown.kvUsage()).isEmpty();
    assertThat(shown.preemptions()).isEmpty();
    assertThat(shown.kvCapacityTokens()).isEmpty();
    assertThat(shown.blockSize()).hasValue(16);
  }

  @Test
  void aPageOfSomethingElseIsNoEnginesPage() {
    assertThat(ENGINES.read("node_cpu_seconds_total 1\n".getBytes(UTF_8), 1, 2)).isEmpty();
    assertThat(ENGINES.read("vllm:num_requests_running NaN\n".getBytes(UTF_8), 1, 2)).isEmpty();
    assertThat(ENGINES.read(new byte[0], 1, 2)).isEmpty();
  }

  private static Page read(String page) {
    return ENGINES.read(page.getBytes(UTF_8), 1, 2).orElseThrow();
  }
}
