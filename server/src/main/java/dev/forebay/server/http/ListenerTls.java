package dev.forebay.server.http;

import dev.forebay.pipeline.Tick;
import dev.forebay.server.setting.WatchedFiles;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// TLS towards callers: 1.3 and 1.2, HTTP/2 by ALPN, BoringSSL where its native library is there.
///
/// Looks every second whether its files changed. New connections then get the new certificate;
/// those that are open stay as they are. Files that cannot be used, as in the middle of an exchange
/// of both, change nothing. Safe for all threads.
public final class ListenerTls implements Tick {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerTls.class);

  private final ListenerTlsConfig config;
  private final WatchedFiles files;
  private volatile SslContext context;

  /// Reads the files.
  ///
  /// @throws IllegalArgumentException if they cannot be used, naming them
  public ListenerTls(ListenerTlsConfig config) {
    this.config = config;
    this.files = new WatchedFiles(paths(config));
    this.context = build();
  }

  private static Set<Path> paths(ListenerTlsConfig config) {
    return Stream.of(config.certificate(), config.key(), config.clientCa())
        .filter(path -> !path.isEmpty())
        .map(Path::of)
        .collect(Collectors.toSet());
  }

  private SslContext build() {
    SslProvider provider =
        OpenSsl.isAvailable() && SslProvider.isAlpnSupported(SslProvider.OPENSSL)
            ? SslProvider.OPENSSL
            : SslProvider.JDK;
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(new File(config.certificate()), new File(config.key()))
              .sslProvider(provider)
              .protocols("TLSv1.3", "TLSv1.2")
              .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      Protocol.ALPN,
                      SelectorFailureBehavior.NO_ADVERTISE,
                      SelectedListenerFailureBehavior.ACCEPT,
                      ApplicationProtocolNames.HTTP_2,
                      ApplicationProtocolNames.HTTP_1_1));
      if (!config.clientCa().isEmpty()) {
        builder.trustManager(new File(config.clientCa())).clientAuth(ClientAuth.REQUIRE);
      }
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "http.tls: "
              + paths(config)
              + " cannot be used: "
              + (e.getCause() == null ? e : e.getCause()).getMessage(),
          e);
    }
  }

  SslHandler newHandler(ByteBufAllocator alloc, Duration handshakeTimeout) {
    SslHandler handler = context.newHandler(alloc);
    handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
    return handler;
  }

  @Override
  public Duration every() {
    return Duration.ofSeconds(1);
  }

  @Override
  public void turn(Instant now) {
    if (!files.changed()) {
      return;
    }
    try {
      context = build();
      LOG.info("new connections get the certificate of {} as it is now", config.certificate());
    } catch (IllegalArgumentException e) {
      LOG.warn("the certificate stays as it was: {}", e.getMessage());
    }
  }
}
