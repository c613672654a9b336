package dev.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
  private final TrustedProxies proxies =
      new TrustedProxies(List.of("10.0.0.0/8", "192.0.2.7", "fd00::/8"));

  private static InetAddress ip(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  private static HttpHeaders header(String name, String value) {
    return new DefaultHttpHeaders().add(name, value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10.1.1.1    | 203.0.113.9                          | 203.0.113.9
          10.1.1.1    | 203.0.113.9, 10.2.2.2                | 203.0.113.9
          10.1.1.1    | 198.51.100.1, 203.0.113.9, 10.2.2.2  | 203.0.113.9
          10.1.1.1    | 10.3.3.3, 10.2.2.2                   | 10.3.3.3
          192.0.2.7   | 2001:db8::5                          | 2001:db8::5
          fd00::1     | [2001:db8::5]:4711                   | 2001:db8::5
          10.1.1.1    | 203.0.113.9:4711                     | 203.0.113.9
          10.1.1.1    | unknown, 10.2.2.2                    | 10.2.2.2
          10.1.1.1    | 1.2.3.4.5                            | 10.1.1.1
          203.0.113.1 | 198.51.100.1                         | 203.0.113.1
          """)
  void theFirstAddressThatNoTrustedProxyVouchesBehindIsTheCaller(
      String peer, String forwarded, String caller) throws UnknownHostException {
    assertThat(proxies.caller(ip(peer), header("x-forwarded-for", forwarded)))
        .isEqualTo(ip(caller));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          for=203.0.113.9;proto=https                  | 203.0.113.9
          for="[2001:db8::5]:4711"                     | 2001:db8::5
          For=198.51.100.1, for=203.0.113.9, for=10.2.2.2;by=10.1.1.1 | 203.0.113.9
          for=_hidden, for=10.2.2.2                    | 10.2.2.2
          proto=https                                  | 10.1.1.1
          """)
  void theStandardHeaderIsReadToo(String forwarded, String caller) throws UnknownHostException {
    HttpHeaders headers = header("forwarded", forwarded).add("x-forwarded-for", "192.0.2.99");
    assertThat(proxies.caller(ip("10.1.1.1"), headers)).isEqualTo(ip(caller));
  }

  @Test
  void nobodyIsBelievedByDefault() throws UnknownHostException {
    assertThat(
            new TrustedProxies(List.of())
                .caller(ip("127.0.0.1"), header("x-forwarded-for", "203.0.113.9")))
        .isEqualTo(ip("127.0.0.1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/33", "10.0.0/8", "proxy.example", "fd00::/129", "10.0.0.0/x", ""})
  void whatIsNoNetworkIsNamed(String network) {
    assertThatThrownBy(() -> new TrustedProxies(List.of(network)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("trustedProxies must be addresses or networks like 10.0.0.0/8, was " + network);
  }
}
