/// What the gateway serves without a configuration: the engines that run on this machine.
@NullMarked
package dev.forebay.server.upstream.discovery;

import org.jspecify.annotations.NullMarked;
