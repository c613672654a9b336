/// The gateway as it is shipped: how fast it starts, what its AOT cache is trained with, whether
/// its archive runs where nothing is installed.
@NullMarked
package dev.forebay.lab.start;

import org.jspecify.annotations.NullMarked;
