/// The configuration: one YAML file laid over the reference and bound strictly to records.
@NullMarked
package dev.forebay.server.config;

import org.jspecify.annotations.NullMarked;
