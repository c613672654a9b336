/// Layer 2 of 7: lets each caller have what its limits allow, in requests, tokens, calls at once
/// and money.
@NullMarked
package dev.forebay.limit;

import org.jspecify.annotations.NullMarked;
