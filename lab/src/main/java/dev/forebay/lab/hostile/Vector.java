package dev.forebay.lab.hostile;

/// Bytes that somebody means to be read in two ways, or not at all.
///
/// @param name what is odd about them
/// @param bytes one character a byte
/// @param mustBeRefused whether nothing but a refusal will do; otherwise they may also be served,
///   if gateway and engine understand the same
/// @param calls how many calls are in them, where they are served
public record Vector(String name, String bytes, boolean mustBeRefused, int calls) {

  static Vector refuse(String name, String bytes) {
    return new Vector(name, bytes, true, 0);
  }

  static Vector may(String name, String bytes) {
    return new Vector(name, bytes, false, 1);
  }

  static Vector may(String name, int calls, String bytes) {
    return new Vector(name, bytes, false, calls);
  }
}
