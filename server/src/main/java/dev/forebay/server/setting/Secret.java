package dev.forebay.server.setting;

/// A value that is used and never shown: it prints as `***`.
///
/// @param value the secret itself; empty if there is none
public record Secret(String value) {
  public Secret {
    if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException("must be printable ASCII on one line");
    }
  }

  public boolean isSet() {
    return !value.isEmpty();
  }

  @Override
  public String toString() {
    return isSet() ? "***" : "";
  }
}
