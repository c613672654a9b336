package dev.forebay.server.adapter.nvidia;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class DcgmExporterTest {

  @Test
  void oneThatBeginsItsPageAndNeverEndsItDoesNotAnswer() throws Exception {
    try (var listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> beginPage(listener));
      String page = "http://127.0.0.1:" + listener.getLocalPort() + "/metrics";
      var exporter = new DcgmExporter(page, Duration.ofMillis(300));

      assertThatThrownBy(exporter::look)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("does not answer");
    }
  }

  private static void beginPage(ServerSocket listener) {
    String begins = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nDCGM_FI_DEV_GPU_TEMP{";
    try {
      Socket connection = listener.accept();
      connection.getOutputStream().write(begins.getBytes(US_ASCII));
    } catch (IOException e) {
      // closed
    }
  }
}
