/// What commands share towards whoever typed them.
@NullMarked
package dev.forebay.lab.terminal;

import org.jspecify.annotations.NullMarked;
