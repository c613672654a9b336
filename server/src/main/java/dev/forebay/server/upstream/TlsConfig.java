package dev.forebay.server.upstream;

/// Whom the gateway trusts behind `https`, and how it shows itself.
///
/// @param ca a PEM file of certificates that replicas may be signed by; those of the Java runtime
///   if empty
/// @param certificate a PEM file with the gateway's own certificate, for replicas that ask; none if
///   empty
/// @param key the PEM file with its private key
public record TlsConfig(String ca, String certificate, String key) {
  public TlsConfig {
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new IllegalArgumentException("certificate and key must be set together");
    }
  }
}
