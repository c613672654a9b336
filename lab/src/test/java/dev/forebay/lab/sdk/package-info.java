/// Unmodified OpenAI clients as judges of a server: each does the same scenarios to any base URL.
@NullMarked
package dev.forebay.lab.sdk;

import org.jspecify.annotations.NullMarked;
