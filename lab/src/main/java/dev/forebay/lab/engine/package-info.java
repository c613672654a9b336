/// A fake LLM engine on real sockets: vLLM's scheduler over a roofline cost model, and a
/// pre-rendered upstream for cost benchmarks.
@NullMarked
package dev.forebay.lab.engine;

import org.jspecify.annotations.NullMarked;
