/// What the bench measures: the scenarios, and the processes that make load and answer it.
@NullMarked
package dev.forebay.lab.bench.scenario;

import org.jspecify.annotations.NullMarked;
