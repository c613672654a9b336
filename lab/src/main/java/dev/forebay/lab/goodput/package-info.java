/// `lab goodput`: how many answers come in time under how much load, by who decides.
@NullMarked
package dev.forebay.lab.goodput;

import org.jspecify.annotations.NullMarked;
