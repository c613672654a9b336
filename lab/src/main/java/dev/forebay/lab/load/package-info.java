/// Offers calls at times fixed in advance and measures what comes back, from the intended start.
@NullMarked
package dev.forebay.lab.load;

import org.jspecify.annotations.NullMarked;
