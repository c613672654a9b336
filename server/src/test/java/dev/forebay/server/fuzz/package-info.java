/// Targets for a fuzzer, and the corpus that runs with every test.
@NullMarked
package dev.forebay.server.fuzz;

import org.jspecify.annotations.NullMarked;
