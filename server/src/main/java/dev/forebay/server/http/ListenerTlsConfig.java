package dev.forebay.server.http;

/// How the gateway shows itself to callers over TLS. All paths are of PEM files; they are read
/// again when they change.
///
/// @param certificate the gateway's certificate and those between it and its root; no TLS if empty
/// @param key its private key, PKCS #8 without a password
/// @param clientCa certificates that a caller's own must be signed by; none is asked for if empty
public record ListenerTlsConfig(String certificate, String key, String clientCa) {
  public ListenerTlsConfig {
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new IllegalArgumentException("certificate and key must be set together");
    }
    if (certificate.isEmpty() && !clientCa.isEmpty()) {
      throw new IllegalArgumentException("clientCa needs certificate and key");
    }
  }

  /// Whether callers speak TLS.
  public boolean isSet() {
    return !certificate.isEmpty();
  }
}
