/// What inference engines show of themselves, each in its own words, and what is known of models
/// and GPUs beforehand. The words are data, in the files beside these classes.
@NullMarked
package dev.forebay.server.adapter.engine;

import org.jspecify.annotations.NullMarked;
