/// What it costs to find a replica with room, measured by JMH.
@NullMarked
package dev.forebay.lab.pick;

import org.jspecify.annotations.NullMarked;
