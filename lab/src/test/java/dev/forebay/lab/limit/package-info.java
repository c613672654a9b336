/// Keys and limits as callers meet them, over real sockets.
@NullMarked
package dev.forebay.lab.limit;

import org.jspecify.annotations.NullMarked;
