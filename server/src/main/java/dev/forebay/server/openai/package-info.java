/// The wire format of OpenAI and Anthropic, as little of it as a decision needs.
@NullMarked
package dev.forebay.server.openai;

import org.jspecify.annotations.NullMarked;
