/// A real engine: llama.cpp inside this JVM, behind the HTTP it would speak as a server.
///
/// It says what no fake can: how a continuous batch with a handful of slots behaves when more calls
/// come than it holds. Its model is small enough (a megabyte) that two cores overload it honestly.
@NullMarked
package dev.forebay.lab.engine.llama;

import org.jspecify.annotations.NullMarked;
