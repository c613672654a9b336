/// Forebay's limits beside those of a real nginx: the same arrivals, decision by decision.
@NullMarked
package dev.forebay.lab.nginx;

import org.jspecify.annotations.NullMarked;
