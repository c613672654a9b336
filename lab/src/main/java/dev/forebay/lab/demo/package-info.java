/// The gateway at work in one terminal: load, replicas, and one of them dying.
@NullMarked
package dev.forebay.lab.demo;

import org.jspecify.annotations.NullMarked;
