/// What travels and how: a call passes stage after stage on its own loop and ends exactly once.
@NullMarked
package dev.forebay.pipeline;

import org.jspecify.annotations.NullMarked;
