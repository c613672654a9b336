/// What callers from very many addresses cost the gateway's memory.
@NullMarked
package dev.forebay.lab.addresses;

import org.jspecify.annotations.NullMarked;
