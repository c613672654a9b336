package dev.forebay.pipeline;

/// The part of an address that stands for one caller: an IPv4 address, or the /64 of an IPv6
/// address, as whoever has one IPv6 address has the other 2^64 of its network as well.
///
/// @param bits the first 64 bits of an IPv6 address, or an IPv4 address behind 0xffff0000, where no
///   address of a caller lies in IPv6 (multicast)
public record Network(long bits) {
  private static final long IPV4 = 0xffff_0000_0000_0000L;

  /// Not known where.
  public static final Network UNKNOWN = new Network(0);

  /// The network of an address.
  ///
  /// @param address 4 or 16 bytes, the first byte first
  public static Network of(byte[] address) {
    return switch (address.length) {
      case 4 -> new Network(IPV4 | read(address, 0, 4));
      case 16 ->
          mapsIpv4(address)
              ? new Network(IPV4 | read(address, 12, 4))
              : new Network(read(address, 0, 8));
      default ->
          throw new IllegalArgumentException(
              "an address has 4 or 16 bytes, this one " + address.length);
    };
  }

  /// `::ffff:a.b.c.d`, as which a socket for both families shows IPv4.
  private static boolean mapsIpv4(byte[] address) {
    return read(address, 0, 8) == 0 && read(address, 8, 4) == 0xffff;
  }

  private static long read(byte[] bytes, int from, int count) {
    long value = 0;
    for (int i = from; i < from + count; i++) {
      value = value << 8 | (bytes[i] & 0xff);
    }
    return value;
  }

  @Override
  public String toString() {
    if ((bits & 0xffff_ffff_0000_0000L) == IPV4) {
      return (bits >>> 24 & 0xff)
          + "."
          + (bits >>> 16 & 0xff)
          + "."
          + (bits >>> 8 & 0xff)
          + "."
          + (bits & 0xff);
    }
    return String.format(
        "%x:%x:%x:%x::/64", bits >>> 48, bits >>> 32 & 0xffff, bits >>> 16 & 0xffff, bits & 0xffff);
  }
}
