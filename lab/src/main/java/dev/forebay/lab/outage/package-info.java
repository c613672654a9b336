/// What clients make of an outage: the retries of stock clients through a gateway, through nginx
/// and without anything between.
@NullMarked
package dev.forebay.lab.outage;

import org.jspecify.annotations.NullMarked;
