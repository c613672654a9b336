package dev.forebay.lab.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  private static final String ASK =
      "{\"model\":\"lab\",\"stream\":true,\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  @TempDir Path folder;
  private FakeEngine engine;

  /// A gateway that speaks TLS, in front of the engine.
  private Gateway gateway(String more) throws Exception {
    return Gateway.start(
        new ConfigLoader()
            .parse(
                """
                http:
                  listen: 127.0.0.1:0
                  drain: 2s
                  tls: {certificate: %s, key: %s%s}
                admin: {listen: "127.0.0.1:0"}
                log: {access: false, performance: false}
                pools:
                  lab:
                    models: [lab]
                    replicas: ["http://127.0.0.1:%d"]
                """
                    .formatted(
                        folder.resolve("cert.pem"), folder.resolve("key.pem"), more, engine.port()),
                "test",
                folder));
  }

  @BeforeEach
  void startEngine() {
    engine =
        FakeEngine.start(
            EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1).withModels("lab"));
  }

  @AfterEach
  void stopEngine() {
    engine.close();
  }

  private static X509Bundle certificate(String name) throws Exception {
    return new CertificateBuilder()
        .subject("CN=" + name)
        .addSanDnsName("localhost")
        .setIsCertificateAuthority(true)
        .ecp256()
        .buildSelfSigned();
  }

  private void write(X509Bundle certificate) throws IOException {
    Files.writeString(folder.resolve("cert.pem"), certificate.getCertificatePathPEM());
    Files.writeString(folder.resolve("key.pem"), certificate.getPrivateKeyPEM());
  }

  private static HttpClient client(X509Bundle trusted, @Nullable X509Bundle own) throws Exception {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("gateway", trusted.getCertificate());
    TrustManagerFactory trusting =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusting.init(trust);
    KeyManagerFactory showing =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    if (own != null) {
      keys.setKeyEntry(
          "own",
          own.getKeyPair().getPrivate(),
          new char[0],
          new X509Certificate[] {own.getCertificate()});
    }
    showing.init(keys, new char[0]);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(showing.getKeyManagers(), trusting.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(tls).build();
  }

  private static HttpResponse<String> ask(
      HttpClient client, Gateway gateway, HttpClient.Version version)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(
                URI.create("https://localhost:" + gateway.port() + "/v1/chat/completions"))
            .version(version)
            .timeout(Duration.ofSeconds(20))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(ASK))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void callersChooseTheirProtocolInTheHandshake() throws Exception {
    X509Bundle certificate = certificate("gateway");
    write(certificate);
    try (Gateway gateway = gateway("");
        HttpClient client = client(certificate, null);
        HttpClient old = client(certificate, null)) {
      HttpResponse<String> two = ask(client, gateway, HttpClient.Version.HTTP_2);
      HttpResponse<String> one = ask(old, gateway, HttpClient.Version.HTTP_1_1);

      assertThat(two.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(one.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
      assertThat(two.body()).endsWith("data: [DONE]\n\n");
      assertThat(one.body()).endsWith("data: [DONE]\n\n");
    }
  }

  @Test
  void newConnectionsGetTheNewCertificateAndOpenOnesStay() throws Exception {
    X509Bundle first = certificate("first");
    X509Bundle second = certificate("second");
    write(first);
    try (Gateway gateway = gateway("");
        HttpClient open = client(first, null)) {
      ask(open, gateway, HttpClient.Version.HTTP_2);

      // Between the two files nothing can be used; that changes nothing.
      write(second);

      await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptions()
          .untilAsserted(() -> {
            try (HttpClient fresh = client(second, null)) {
              assertThat(ask(fresh, gateway, HttpClient.Version.HTTP_2).statusCode())
                  .isEqualTo(200);
            }
          });
      assertThat(ask(open, gateway, HttpClient.Version.HTTP_2).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aCertificateIsAskedForWhereOneIsWanted() throws Exception {
    X509Bundle certificate = certificate("gateway");
    X509Bundle known = certificate("known");
    X509Bundle stranger = certificate("stranger");
    write(certificate);
    Files.writeString(folder.resolve("clients.pem"), known.getCertificatePathPEM());
    try (Gateway gateway = gateway(", clientCa: " + folder.resolve("clients.pem"));
        HttpClient shows = client(certificate, known);
        HttpClient shrugs = client(certificate, null);
        HttpClient lies = client(certificate, stranger)) {
      assertThat(ask(shows, gateway, HttpClient.Version.HTTP_2).statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> ask(shrugs, gateway, HttpClient.Version.HTTP_2))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> ask(lies, gateway, HttpClient.Version.HTTP_2))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aFileThatIsNoCertificateStopsTheStartAndIsNamed() throws Exception {
    Files.writeString(folder.resolve("cert.pem"), "nothing");
    Files.writeString(folder.resolve("key.pem"), "nothing");

    assertThatThrownBy(() -> gateway("").close())
        .hasMessageContaining("http.tls")
        .hasMessageContaining("cert.pem");
  }
}
