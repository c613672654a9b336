package dev.forebay.server.upstream;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// TLS towards replicas: names are always verified; an extra CA is trusted beside those of the Java
/// runtime.
final class Tls {
  private Tls() {}

  /// @throws IllegalArgumentException if a file cannot be used, naming it
  static SslContext toReplicas(TlsConfig config) {
    try {
      SslContextBuilder builder = SslContextBuilder.forClient();
      if (!config.ca().isEmpty()) {
        builder.trustManager(trusting(Path.of(config.ca())));
      }
      if (!config.certificate().isEmpty()) {
        builder.keyManager(new File(config.certificate()), new File(config.key()));
      }
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IllegalArgumentException("tls: " + e.getMessage(), e);
    }
  }

  private static TrustManager trusting(Path ca) {
    try (InputStream pem = Files.newInputStream(ca)) {
      KeyStore both = KeyStore.getInstance(KeyStore.getDefaultType());
      both.load(null, null);
      int count = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        both.setCertificateEntry("extra-" + count++, certificate);
      }
      for (X509TrustManager runtime : managers(null)) {
        for (var certificate : runtime.getAcceptedIssuers()) {
          both.setCertificateEntry("runtime-" + count++, certificate);
        }
      }
      return managers(both).getFirst();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("cannot read certificates from " + ca, e);
    }
  }

  private static List<X509TrustManager> managers(@org.jspecify.annotations.Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    List<X509TrustManager> managers = new ArrayList<>();
    Arrays.stream(factory.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .forEach(manager -> managers.add((X509TrustManager) manager));
    return managers;
  }

  /// For a client that never meets `https`: left to itself it would read every certificate of the
  /// Java runtime, which a start can feel.
  static SSLContext forNobody() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[0], null);
    return context;
  }

  /// The same for the client that probes.
  static SSLContext forProbes(TlsConfig config) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null,
        config.ca().isEmpty() ? null : new TrustManager[] {trusting(Path.of(config.ca()))},
        null);
    return context;
  }
}
