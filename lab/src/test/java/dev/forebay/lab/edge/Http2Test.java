package dev.forebay.lab.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.lab.chaos.Rig;
import dev.forebay.lab.engine.EngineConfig;
import dev.forebay.lab.engine.EngineObserver;
import dev.forebay.lab.engine.FakeEngine;
import dev.forebay.lab.engine.GpuPreset;
import dev.forebay.lab.engine.ModelPreset;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class Http2Test {
  private static final String CHAT = "/v1/chat/completions";

  private static String ask(boolean stream, int tokens) {
    return "{\"model\":\"lab\",\"stream\":%s,\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
        .formatted(stream, tokens);
  }

  private static Rig rig() throws Exception {
    return new Rig(2, EngineObserver.NONE, config -> config, "");
  }

  @Test
  void aPlainAnswerComesWithItsLengthAndTheGatewaysHeaders() throws Exception {
    try (Rig rig = rig();
        var caller = new Http2Caller(rig.gateway().port())) {
      Http2Caller.Reply reply = caller.post(CHAT, ask(false, 5)).reply();

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.headers().get("x-forebay-replica").toString()).startsWith("engine-");
      assertThat(reply.headers().getInt("content-length"))
          .isEqualTo(reply.body().getBytes(StandardCharsets.UTF_8).length);
      assertThat(reply.headers().get("transfer-encoding")).isNull();
      assertThat(reply.body()).contains("\"finish_reason\":\"length\"");
    }
  }

  @Test
  void aStreamComesEventByEventAndEndsWithDone() throws Exception {
    try (Rig rig = rig();
        var caller = new Http2Caller(rig.gateway().port())) {
      Http2Caller.Exchange exchange = caller.post(CHAT, ask(true, 20));

      assertThat(exchange.firstData()).doesNotContain("[DONE]");
      Http2Caller.Reply reply = exchange.reply();
      assertThat(reply.body()).startsWith("data: {").endsWith("data: [DONE]\n\n");
      assertThat(reply.headers().get("content-type").toString()).startsWith("text/event-stream");
    }
  }

  @Test
  void twoHundredCallsShareAConnection() throws Exception {
    try (Rig rig = rig();
        var caller = new Http2Caller(rig.gateway().port())) {
      List<Http2Caller.Exchange> exchanges = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        exchanges.add(caller.post(CHAT, ask(i % 2 == 0, 3)));
      }

      for (Http2Caller.Exchange exchange : exchanges) {
        assertThat(exchange.reply().status()).isEqualTo(200);
      }
      assertThat(rig.gateway().holding().connections()).isEqualTo(1);
    }
  }

  @Test
  void aCallerThatResetsAStreamStopsItsEngineAndDisturbsNobody() throws Exception {
    try (Rig rig = rig();
        var caller = new Http2Caller(rig.gateway().port())) {
      Http2Caller.Exchange left = caller.post(CHAT, ask(true, 4000));
      Http2Caller.Exchange stays = caller.post(CHAT, ask(true, 30));
      left.firstData();

      left.reset();

      assertThat(stays.reply().body()).endsWith("data: [DONE]\n\n");
      await().atMost(Duration.ofSeconds(5)).until(() -> rig.gateway().holding().calls() == 0);
    }
  }

  @Test
  void whatIsMalformedIsAnsweredAndTheConnectionServesOn() throws Exception {
    try (Rig rig = rig();
        var caller = new Http2Caller(rig.gateway().port())) {
      Http2Headers head =
          new DefaultHttp2Headers(false)
              .method("POST")
              .scheme("http")
              .authority("127.0.0.1")
              .path(CHAT)
              .add("host", "elsewhere.example")
              .add("content-type", "application/json");

      Http2Caller.Reply reply = caller.send(head, ask(false, 1)).reply();

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.headers().get("x-forebay-reason")).hasToString("invalid_request");
      assertThat(reply.body()).contains(":authority");
      assertThat(caller.post(CHAT, ask(false, 1)).reply().status()).isEqualTo(200);
    }
  }

  @Test
  void anErrorIsToldAsOverHttp1() throws Exception {
    try (Rig rig = rig();
        var caller = new Http2Caller(rig.gateway().port())) {
      Http2Caller.Reply reply =
          caller.post(CHAT, ask(false, 1).replace("\"lab\"", "\"other\"")).reply();

      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.body()).contains("no pool serves model other");
    }
  }

  @Test
  void theWindowOpensOnlyAsFarAsTheReplicaTakes() throws Exception {
    int size = 48 << 20;
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var gateway =
            Gateway.start(
                new ConfigLoader()
                    .parse(
                        """
                        http: {listen: "127.0.0.1:0", drain: 0s}
                        admin: {listen: "127.0.0.1:0"}
                        log: {access: false, performance: false}
                        pools:
                          files:
                            passThrough: true
                            models: [x]
                            probe: {every: 1h, timeout: 50ms}
                            metrics: off
                            replicas: ["http://127.0.0.1:%d"]
                        """
                            .formatted(silent.getLocalPort()),
                        "test",
                        Path.of("")));
        var caller = new Http2Caller(gateway.port())) {
      gateway.pools().getFirst().replicas().getFirst().health().markUp(System.nanoTime());
      drainProbes(silent);
      Http2Caller.Exchange exchange =
          caller.open(
              new DefaultHttp2Headers(false)
                  .method("PUT")
                  .scheme("http")
                  .authority("127.0.0.1")
                  .path("/files/1"));
      AtomicLong sent = new AtomicLong();
      for (int i = 0; i < size; i += 64 << 10) {
        ByteBuf piece = Unpooled.wrappedBuffer(new byte[64 << 10]);
        exchange.data(piece, i + (64 << 10) == size).addListener(_ -> sent.addAndGet(64 << 10));
      }
      try (Socket upload = silent.accept()) {
        // Nobody reads: windows, the gateway's buffers and the kernel's fill, and then all stands.
        AtomicLong before = new AtomicLong(-1);
        await()
            .pollInterval(Duration.ofMillis(500))
            .atMost(Duration.ofSeconds(10))
            .until(() -> before.getAndSet(sent.get()) == sent.get());
        assertThat(sent.get()).isLessThan(size / 2);

        InputStream in = upload.getInputStream();
        long read = 0;
        byte[] buffer = new byte[1 << 16];
        while (read < size) {
          int got = in.read(buffer);
          assertThat(got).isPositive();
          read += got;
        }
        upload
            .getOutputStream()
            .write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(exchange.reply().status()).isEqualTo(204);
      }
    }
  }

  /// Probes from the gateway's start wait in the backlog.
  private static void drainProbes(ServerSocket server) throws Exception {
    server.setSoTimeout(300);
    try {
      while (true) {
        server.accept().close();
      }
    } catch (java.net.SocketTimeoutException none) {
      server.setSoTimeout(20_000);
    }
  }

  @Test
  void anAnswerThatIsNeverTakenIsNotKeptForEver() throws Exception {
    try (var engine =
            FakeEngine.start(
                EngineConfig.of(GpuPreset.H100, ModelPreset.LLAMA_3_8B, 1).withModels("lab"));
        var gateway =
            Gateway.start(
                new ConfigLoader()
                    .parse(
                        """
                        http: {listen: "127.0.0.1:0", slowReader: 300ms, drain: 0s}
                        admin: {listen: "127.0.0.1:0"}
                        log: {access: false, performance: false}
                        pools:
                          lab: {models: [lab], replicas: ["http://127.0.0.1:%d"]}
                        """
                            .formatted(engine.port()),
                        "test",
                        Path.of("")));
        var caller = new Http2Caller(gateway.port(), 0)) {
      Http2Caller.Reply reply = caller.post(CHAT, ask(false, 5)).reply();

      assertThat(reply.reset()).isEqualTo(Http2Error.CANCEL.code());
      assertThat(reply.body()).isEmpty();
    }
  }

  @Test
  void aDrainLetsStreamsEndAndSaysGoodbye() throws Exception {
    Rig rig = rig();
    try (var caller = new Http2Caller(rig.gateway().port())) {
      Http2Caller.Exchange exchange = caller.post(CHAT, ask(true, 100));
      exchange.firstData();

      rig.gateway().close();

      assertThat(exchange.reply().body()).endsWith("data: [DONE]\n\n");
      assertThat(caller.goAway().get()).isZero();
      await().atMost(Duration.ofSeconds(5)).until(() -> !caller.open());
    } finally {
      rig.close();
    }
  }
}
