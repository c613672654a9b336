/// The production stages in virtual time, with everything upstream simulated: the same from a seed,
/// bit for bit.
@NullMarked
package dev.forebay.lab.simulator;

import org.jspecify.annotations.NullMarked;
