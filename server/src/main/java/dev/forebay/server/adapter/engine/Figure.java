package dev.forebay.server.adapter.engine;

import com.fasterxml.jackson.annotation.JsonProperty;

/// One of the numbers that make telemetry, by its key in `engines.yaml`.
enum Figure {
  @JsonProperty("running")
  RUNNING,
  @JsonProperty("waiting")
  WAITING,
  @JsonProperty("maxNumSeqs")
  MAX_NUM_SEQS,
  @JsonProperty("kvUsage")
  KV_USAGE,
  @JsonProperty("kvCapacityTokens")
  KV_CAPACITY_TOKENS,
  @JsonProperty("blocks")
  BLOCKS,
  @JsonProperty("blockSize")
  BLOCK_SIZE,
  @JsonProperty("preemptions")
  PREEMPTIONS,
  @JsonProperty("prefixHits")
  PREFIX_HITS,
  @JsonProperty("prefixQueries")
  PREFIX_QUERIES
}
