/// What was really said between callers and OpenAI, said again through the gateway.
@NullMarked
package dev.forebay.lab.recorded;

import org.jspecify.annotations.NullMarked;
