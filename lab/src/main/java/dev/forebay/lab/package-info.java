/// Everything that measures Forebay; never on a production class path.
@NullMarked
package dev.forebay.lab;

import org.jspecify.annotations.NullMarked;
