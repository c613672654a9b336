/// What the tests of all layers share: seeds, a loop moved by hand, calls to try things on.
@NullMarked
package dev.forebay;

import org.jspecify.annotations.NullMarked;
