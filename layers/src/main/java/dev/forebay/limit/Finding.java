package dev.forebay.limit;

/// A rule that does nothing, or that nobody can get past.
///
/// @param where the rule, by its path in the configuration
/// @param why what makes it so
public record Finding(String where, String why) {
  @Override
  public String toString() {
    return where + ": " + why;
  }
}
