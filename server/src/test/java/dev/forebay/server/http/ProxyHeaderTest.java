package dev.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ProxyHeaderTest {
  private static final String REQUEST = "GET /v1/models HTTP/1.1\r\n\r\n";

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static String rest(EmbeddedChannel channel) {
    StringBuilder rest = new StringBuilder();
    for (ByteBuf in = channel.readInbound(); in != null; in = channel.readInbound()) {
      rest.append(in.toString(StandardCharsets.ISO_8859_1));
      in.release();
    }
    return rest.toString();
  }

  @Test
  void theFirstVersionNamesTheCaller() throws Exception {
    EmbeddedChannel channel = new EmbeddedChannel(new ProxyHeader());

    channel.writeInbound(bytes("PROXY TCP4 203.0.113.9 127.0.0.1 4711 8020\r\n" + REQUEST));

    assertThat(Peer.of(channel)).isEqualTo(InetAddress.getByName("203.0.113.9"));
    assertThat(rest(channel)).isEqualTo(REQUEST);
    assertThat(channel.pipeline().names()).hasSize(1);
  }

  @Test
  void theSecondVersionNamesTheCallerByteForByte() throws Exception {
    EmbeddedChannel channel = new EmbeddedChannel(new ProxyHeader());
    byte[] header =
        HexFormat.of()
            .parseHex("0d0a0d0a000d0a515549540a" + "2111000c" + "cb0071097f0000011267" + "1f54");

    for (byte each : header) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {each}));
    }
    channel.writeInbound(bytes(REQUEST));

    assertThat(Peer.of(channel)).isEqualTo(InetAddress.getByName("203.0.113.9"));
    assertThat(rest(channel)).isEqualTo(REQUEST);
  }

  @Test
  void aConnectionWithoutAHeaderIsLeftAlone() {
    EmbeddedChannel channel = new EmbeddedChannel(new ProxyHeader());

    channel.writeInbound(bytes(REQUEST));

    assertThat(rest(channel)).isEqualTo(REQUEST);
  }

  @Test
  void aBrokenHeaderEndsTheConnection() {
    EmbeddedChannel channel = new EmbeddedChannel(new ProxyHeader());

    channel.writeInbound(bytes("PROXY TCP4 somewhere else\r\n" + REQUEST));

    assertThat(channel.isOpen()).isFalse();
  }
}
