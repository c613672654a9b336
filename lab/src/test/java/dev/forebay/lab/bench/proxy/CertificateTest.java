package dev.forebay.lab.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateTest {
  @Test
  void aServerCanShowIt(@TempDir Path folder) throws Exception {
    var made = Certificate.make(folder);

    var server = SslContextBuilder.forServer(made.chain().toFile(), made.key().toFile()).build();

    assertThat(server.isServer()).isTrue();
    assertThat(made.both()).content().contains("BEGIN CERTIFICATE", "BEGIN PRIVATE KEY");
  }
}
