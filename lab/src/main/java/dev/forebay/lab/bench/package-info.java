/// What a call costs, measured beside another proxy that does the same work.
@NullMarked
package dev.forebay.lab.bench;

import org.jspecify.annotations.NullMarked;
