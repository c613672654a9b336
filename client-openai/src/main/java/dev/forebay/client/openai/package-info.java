/// Layer 1 of 7 under the official OpenAI client for Java.
@NullMarked
package dev.forebay.client.openai;

import org.jspecify.annotations.NullMarked;
