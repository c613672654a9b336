/// The proxies that the bench measures: how each is had, told and started.
@NullMarked
package dev.forebay.lab.bench.proxy;

import org.jspecify.annotations.NullMarked;
