package dev.forebay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class NetworkTest {

  @Test
  void anIpv4AddressIsANetworkOfItsOwn() {
    assertThat(network("10.1.2.3")).isNotEqualTo(network("10.1.2.4"));
    assertThat(network("255.255.255.255")).hasToString("255.255.255.255");
    assertThat(network("10.1.2.3")).hasToString("10.1.2.3");
  }

  @Test
  void allAddressesOfAnIpv6NetworkCountAsOne() {
    assertThat(network("2001:db8:1:2::1")).isEqualTo(network("2001:db8:1:2:ffff::9"));
    assertThat(network("2001:db8:1:2::1")).isNotEqualTo(network("2001:db8:1:3::1"));
    assertThat(network("2001:db8:1:2::1")).hasToString("2001:db8:1:2::/64");
  }

  @Test
  void ipv4InIpv6IsTheSameCaller() {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[12] = 10;
    mapped[15] = 7;
    assertThat(Network.of(mapped)).isEqualTo(network("10.0.0.7"));
  }

  @Test
  void refusesWhatIsNoAddress() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Network.of(new byte[5]))
        .withMessageContaining("5");
  }

  private static Network network(String literal) {
    return Network.of(InetAddress.ofLiteral(literal).getAddress());
  }
}
