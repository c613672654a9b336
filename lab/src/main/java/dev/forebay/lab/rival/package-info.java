/// What others do about overload, each as its source or its users describe it, for the simulator.
@NullMarked
package dev.forebay.lab.rival;

import org.jspecify.annotations.NullMarked;
