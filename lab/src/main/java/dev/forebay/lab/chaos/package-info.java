/// Breaks things on purpose around the real gateway, and counts what its callers saw.
@NullMarked
package dev.forebay.lab.chaos;

import org.jspecify.annotations.NullMarked;
