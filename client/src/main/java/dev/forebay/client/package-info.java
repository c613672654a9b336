/// Layer 1 of 7, the caller's half: sends requests to any OpenAI-shaped endpoint, with or without a
/// Forebay in front of it, and tries them again where that does no harm.
@NullMarked
package dev.forebay.client;

import org.jspecify.annotations.NullMarked;
