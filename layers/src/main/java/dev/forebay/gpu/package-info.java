/// Layer 4 of 7: filters, scores and picks the replica for each attempt.
@NullMarked
package dev.forebay.gpu;

import org.jspecify.annotations.NullMarked;
