package dev.forebay.server.upstream.discovery;

import java.net.URI;
import java.util.List;

/// A model server that answered.
///
/// @param kind what it is, as a name for a pool: `vllm`, `sglang`, `llamacpp`, `ollama`, or
///   `engine` if it only speaks like one
/// @param url where its API stands
/// @param models what it lists, without repetition
record Engine(String kind, URI url, List<String> models) {}
