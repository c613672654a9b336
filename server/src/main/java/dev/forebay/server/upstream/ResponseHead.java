package dev.forebay.server.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Status line and header fields of a response, kept as the bytes that were received.
///
/// The parser is strict, because a replica and the gateway that disagree on where a message ends
/// would hand one caller another caller's answer. Immutable once parsed. Cost: one pass over the
/// head, one copy of it and one array of offsets.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112, HTTP/1.1</a>
public final class ResponseHead {
  private static final int MAX_FIELDS = 200;
  private static final byte[] VERSION = "HTTP/1.1 ".getBytes(US_ASCII);
  private static final byte[] CRLF = "\r\n".getBytes(US_ASCII);

  // offsets of one field in `fields`
  private static final int NAME_FROM = 0;
  private static final int NAME_TO = 1;
  private static final int VALUE_FROM = 2;
  private static final int VALUE_TO = 3;
  private static final int STRIDE = 4;

  private final byte[] head;
  private int[] fields = new int[16 * STRIDE];
  private int fieldCount;
  private int status;
  private int statusLineTo;
  private boolean http10;
  private boolean chunked;
  private long contentLength = -1;
  private boolean close;
  private boolean keepAlive;
  private boolean encoded;
  private boolean nominates;
  private int contentType = -1;

  private ResponseHead(byte[] head) {
    this.head = head;
  }

  /// Takes one head off the front of the buffer, as soon as all of it is there.
  ///
  /// @param maxBytes the longest head accepted, its last empty line included
  /// @return the head, behind which the reader index then stands; null, and nothing consumed, if
  ///   more bytes are needed
  public static @Nullable ResponseHead parse(ByteBuf in, int maxBytes) throws BadResponse {
    int length = lengthOf(in, maxBytes);
    if (length < 0) {
      return null;
    }
    byte[] head = new byte[length];
    in.getBytes(in.readerIndex(), head);
    ResponseHead parsed = new ResponseHead(head);
    parsed.read();
    in.skipBytes(length);
    return parsed;
  }

  // the bytes of the head up to its empty line, or -1 if that line has not come yet
  private static int lengthOf(ByteBuf in, int maxBytes) throws BadResponse {
    int start = in.readerIndex();
    int end = start + Math.min(in.readableBytes(), maxBytes);
    for (int i = start; i < Math.min(end, start + 5); i++) {
      if (in.getByte(i) != VERSION[i - start]) {
        throw new BadResponse("response does not begin with HTTP/1");
      }
    }
    int from = start;
    while (from < end) {
      int lf = in.indexOf(from, end, (byte) '\n');
      if (lf < 0) {
        break;
      }
      if (lf - from == 1 && in.getByte(from) == '\r') {
        return lf + 1 - start;
      }
      if (lf == from || in.getByte(lf - 1) != '\r') {
        throw new BadResponse("head has a line that ends without CR");
      }
      from = lf + 1;
    }
    if (in.readableBytes() >= maxBytes) {
      throw new BadResponse("head is longer than " + maxBytes + " bytes");
    }
    return -1;
  }

  private void read() throws BadResponse {
    int at = readStatusLine();
    statusLineTo = at;
    int end = head.length - 2;
    while (at < end) {
      at = readField(at);
    }
    if (at != end || head[end] != '\r') {
      throw new BadResponse("head does not end with an empty line");
    }
    if (chunked && contentLength >= 0) {
      throw new BadResponse("both transfer-encoding and content-length");
    }
    if (chunked && http10) {
      throw new BadResponse("transfer-encoding in HTTP/1.0");
    }
  }

  // HTTP/1.1 SP 3DIGIT [SP reason] CRLF
  private int readStatusLine() throws BadResponse {
    int to = endOfLine(0);
    int digits = VERSION.length;
    if (to < digits + 3
        || !Arrays.equals(head, 0, 7, VERSION, 0, 7)
        || (head[7] != '0' && head[7] != '1')
        || head[8] != ' ') {
      throw new BadResponse("status line must begin with HTTP/1.0 or HTTP/1.1 and a status");
    }
    http10 = head[7] == '0';
    for (int i = digits; i < digits + 3; i++) {
      if (head[i] < '0' || head[i] > '9') {
        throw new BadResponse("status must be three digits");
      }
      status = status * 10 + head[i] - '0';
    }
    if (status < 100 || status > 599) {
      throw new BadResponse("status must be 100 to 599, was " + status);
    }
    if (to > digits + 3 && head[digits + 3] != ' ') {
      throw new BadResponse("status must be followed by a space");
    }
    for (int i = digits + 3; i < to; i++) {
      if (!FieldSyntax.isValue(head[i])) {
        throw new BadResponse("reason phrase has byte " + FieldSyntax.shown(head[i]));
      }
    }
    return to + 2;
  }

  // name ":" OWS value OWS CRLF
  private int readField(int from) throws BadResponse {
    if (FieldSyntax.isBlank(head[from])) {
      throw new BadResponse("header line is folded or begins with a blank");
    }
    int nameTo = from;
    while (FieldSyntax.isName(head[nameTo])) {
      nameTo++;
    }
    if (head[nameTo] != ':') {
      throw new BadResponse("header name has byte " + FieldSyntax.shown(head[nameTo]));
    }
    if (nameTo == from) {
      throw new BadResponse("header name is empty");
    }
    int valueFrom = nameTo + 1;
    while (FieldSyntax.isBlank(head[valueFrom])) {
      valueFrom++;
    }
    int to = valueFrom;
    while (FieldSyntax.isValue(head[to])) {
      to++;
    }
    if (head[to] != '\r' || head[to + 1] != '\n') {
      throw new BadResponse("header value has byte " + FieldSyntax.shown(head[to]));
    }
    int valueTo = to;
    while (valueTo > valueFrom && FieldSyntax.isBlank(head[valueTo - 1])) {
      valueTo--;
    }
    add(from, nameTo, valueFrom, valueTo);
    return to + 2;
  }

  // every line is known to end with CRLF, so the search cannot leave the head
  private int endOfLine(int from) {
    int at = from;
    while (head[at] != '\n') {
      at++;
    }
    return at - 1;
  }

  private void add(int nameFrom, int nameTo, int valueFrom, int valueTo) throws BadResponse {
    if (fieldCount == MAX_FIELDS) {
      throw new BadResponse("head has more than " + MAX_FIELDS + " lines");
    }
    int at = fieldCount * STRIDE;
    if (at == fields.length) {
      fields = Arrays.copyOf(fields, 2 * at);
    }
    fields[at + NAME_FROM] = nameFrom;
    fields[at + NAME_TO] = nameTo;
    fields[at + VALUE_FROM] = valueFrom;
    fields[at + VALUE_TO] = valueTo;
    int field = fieldCount++;
    switch (nameTo - nameFrom) {
      case 10 -> {
        if (named(field, "connection")) {
          readConnection(valueFrom, valueTo);
        }
      }
      case 12 -> {
        if (contentType < 0 && named(field, "content-type")) {
          contentType = field;
        }
      }
      case 14 -> {
        if (named(field, "content-length")) {
          readContentLength(valueFrom, valueTo);
        }
      }
      case 16 -> {
        if (named(field, "content-encoding")) {
          encoded |= valueTo > valueFrom && !FieldSyntax.same(head, valueFrom, valueTo, "identity");
        }
      }
      case 17 -> {
        if (named(field, "transfer-encoding")) {
          if (chunked || !FieldSyntax.same(head, valueFrom, valueTo, "chunked")) {
            throw new BadResponse("transfer-encoding must be chunked and nothing else");
          }
          chunked = true;
        }
      }
      default -> {}
    }
  }

  private void readContentLength(int from, int to) throws BadResponse {
    long length = 0;
    for (int i = from; i < to; i++) {
      int digit = head[i] - '0';
      if (digit < 0 || digit > 9) {
        throw new BadResponse("content-length must be digits, has " + FieldSyntax.shown(head[i]));
      }
      if (length > (Long.MAX_VALUE - digit) / 10) {
        throw new BadResponse("content-length is too large");
      }
      length = length * 10 + digit;
    }
    if (from == to) {
      throw new BadResponse("content-length is empty");
    }
    if (contentLength >= 0 && contentLength != length) {
      throw new BadResponse("content-length is both " + contentLength + " and " + length);
    }
    contentLength = length;
  }

  private void readConnection(int from, int to) {
    for (int tokenFrom = from; tokenFrom < to; ) {
      int tokenTo = tokenTo(tokenFrom, to);
      if (FieldSyntax.same(head, tokenFrom, tokenTo, "close")) {
        close = true;
      } else if (FieldSyntax.same(head, tokenFrom, tokenTo, "keep-alive")) {
        keepAlive = true;
      } else {
        nominates |= tokenTo > tokenFrom;
      }
      tokenFrom = Math.max(tokenTo, tokenFrom + 1);
    }
  }

  // the end of the run of name characters that begins here; `from` itself if none does
  private int tokenTo(int from, int to) {
    int at = from;
    while (at < to && FieldSyntax.isName(head[at])) {
      at++;
    }
    return at;
  }

  public int status() {
    return status;
  }

  public boolean http10() {
    return http10;
  }

  public boolean chunked() {
    return chunked;
  }

  /// The body's length in bytes as the head tells it; -1 if it does not.
  public long contentLength() {
    return contentLength;
  }

  /// Whether the replica keeps the connection open, as far as version and `Connection` say; a body
  /// framed by the connection's close ends it nevertheless.
  public boolean keepAlive() {
    return !close && (keepAlive || !http10);
  }

  /// Whether the body is a stream of server-sent events.
  public boolean eventStream() {
    int to = mediaTypeTo();
    return to >= 0 && FieldSyntax.same(head, mediaTypeFrom(), to, "text/event-stream");
  }

  /// Whether the body is JSON: `application/json`, or any type that ends with `+json`.
  public boolean json() {
    int to = mediaTypeTo();
    return to >= 0
        && (FieldSyntax.same(head, mediaTypeFrom(), to, "application/json")
            || (to - mediaTypeFrom() > 5 && FieldSyntax.same(head, to - 5, to, "+json")));
  }

  private int mediaTypeFrom() {
    return fields[contentType * STRIDE + VALUE_FROM];
  }

  private int mediaTypeTo() {
    if (contentType < 0) {
      return -1;
    }
    int at = mediaTypeFrom();
    int to = fields[contentType * STRIDE + VALUE_TO];
    while (at < to && head[at] != ';' && !FieldSyntax.isBlank(head[at])) {
      at++;
    }
    return at;
  }

  /// Whether the body is compressed or otherwise encoded, so that it cannot be read as it passes.
  public boolean encoded() {
    return encoded;
  }

  /// The value of the first header of that name; null if there is none.
  public @Nullable String header(String lowerCaseName) {
    for (int field = 0; field < fieldCount; field++) {
      if (named(field, lowerCaseName)) {
        int from = fields[field * STRIDE + VALUE_FROM];
        return new String(head, from, fields[field * STRIDE + VALUE_TO] - from, ISO_8859_1);
      }
    }
    return null;
  }

  /// How the end of the body is known.
  ///
  /// @param headRequest whether this answers a `HEAD`, which never has a body
  public Framing framing(boolean headRequest) {
    if (headRequest || status < 200 || status == 204 || status == 304) {
      return Framing.NONE;
    }
    if (chunked) {
      return Framing.CHUNKED;
    }
    return contentLength >= 0 ? Framing.LENGTH : Framing.CLOSE;
  }

  /// Writes the status line and the header lines that are meant for the caller, byte for byte and
  /// in their order, without the empty line at the end.
  ///
  /// Left out are the fields of this hop, those that `Connection` names, the framing, which the
  /// writer decides, and the names that the gateway speaks itself.
  public void copyTo(ByteBuf out) {
    out.writeBytes(VERSION);
    int reasonTo = statusLineTo - 2;
    out.writeBytes(head, VERSION.length, reasonTo - VERSION.length);
    if (reasonTo == VERSION.length + 3) {
      out.writeByte(' ');
    }
    out.writeBytes(CRLF);
    int keptFrom = statusLineTo;
    for (int field = 0; field < fieldCount; field++) {
      if (staysHere(field)) {
        int lineFrom = fields[field * STRIDE + NAME_FROM];
        out.writeBytes(head, keptFrom, lineFrom - keptFrom);
        keptFrom = lineTo(field);
      }
    }
    out.writeBytes(head, keptFrom, head.length - 2 - keptFrom);
  }

  private int lineTo(int field) {
    return field + 1 < fieldCount ? fields[(field + 1) * STRIDE + NAME_FROM] : head.length - 2;
  }

  private boolean staysHere(int field) {
    int from = fields[field * STRIDE + NAME_FROM];
    int to = fields[field * STRIDE + NAME_TO];
    boolean hop =
        switch (to - from) {
          case 2 -> named(field, "te");
          case 7 -> named(field, "trailer") || named(field, "upgrade");
          case 10 -> named(field, "connection") || named(field, "keep-alive");
          case 12 -> named(field, "x-request-id");
          case 14 -> named(field, "content-length");
          case 16 -> named(field, "proxy-connection");
          case 17 -> named(field, "transfer-encoding");
          default -> false;
        };
    return hop
        || (to - from >= 10 && FieldSyntax.same(head, from, from + 10, "x-forebay-"))
        || (nominates && nominated(from, to));
  }

  private boolean nominated(int nameFrom, int nameTo) {
    for (int field = 0; field < fieldCount; field++) {
      if (named(field, "connection")) {
        int to = fields[field * STRIDE + VALUE_TO];
        for (int tokenFrom = fields[field * STRIDE + VALUE_FROM]; tokenFrom < to; ) {
          int tokenTo = tokenTo(tokenFrom, to);
          if (FieldSyntax.same(head, nameFrom, nameTo, tokenFrom, tokenTo)) {
            return true;
          }
          tokenFrom = Math.max(tokenTo, tokenFrom + 1);
        }
      }
    }
    return false;
  }

  private boolean named(int field, String lowerCaseName) {
    return FieldSyntax.same(
        head, fields[field * STRIDE + NAME_FROM], fields[field * STRIDE + NAME_TO], lowerCaseName);
  }
}
