package dev.forebay.server.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.forebay.server.fuzz.Laws;
import dev.forebay.server.upstream.Wire.Walked;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What must hold of the reader of answers for whatever bytes a replica sends: it reads or refuses
/// them, the same in any pieces; what it passes on cannot be read as anything else; and what both
/// it and Netty's decoder accept, they understand alike.
public final class ResponseFuzz {
  private static final int MAX_HEAD = 4096;
  private static final Pattern PASSED_ON =
      Pattern.compile(
          "HTTP/1\\.1 [1-5][0-9]{2} [^\\x00-\\x08\\x0a-\\x1f\\x7f]*\r\n"
              + "([!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\\x00-\\x08\\x0a-\\x1f\\x7f]*\r\n)*");
  private static final Pattern OF_THIS_HOP =
      Pattern.compile(
          "(?is)(^|\r\n)(content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade"
              + "|x-request-id|x-forebay-[^:]*) *:");

  private ResponseFuzz() {}

  /// Checks one input.
  ///
  /// @param data two bytes that say where to cut, then an answer
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 2) {
      return;
    }
    int[] cuts = Laws.cuts(data[0], data[1], data.length - 2);
    String text = new String(data, 2, data.length - 2, ISO_8859_1);
    ByteBuf in = Wire.bytes(text);
    ResponseHead head;
    try {
      head = ResponseHead.parse(in, MAX_HEAD);
    } catch (BadResponse refused) {
      Laws.holds(in.readerIndex() == 0, "a refused head was consumed");
      headInPieces(text, cuts, null, true);
      return;
    }
    headInPieces(text, cuts, head, false);
    if (head == null) {
      Laws.holds(in.readerIndex() == 0, "half a head was consumed");
      return;
    }
    passedOn(head);
    String body = text.substring(in.readerIndex());
    Framing framing = head.framing(false);
    Walked whole = Walked.of(framing, head.contentLength(), body);
    Laws.same(
        whole,
        Walked.of(framing, head.contentLength(), body, Laws.cuts(data[1], data[0], body.length())));
    if (whole.bad() == null && whole.finished()) {
      likeNetty(text.substring(0, in.readerIndex()), head, body, whole);
    }
  }

  private static void headInPieces(
      String text, int[] cuts, @Nullable ResponseHead expected, boolean refused) {
    ByteBuf in = Unpooled.buffer();
    int from = 0;
    try {
      for (int i = 0; i <= cuts.length; i++) {
        int to = i == cuts.length ? text.length() : cuts[i];
        in.writeBytes(Wire.bytes(text.substring(from, to)));
        from = to;
        ResponseHead head = ResponseHead.parse(in, MAX_HEAD);
        if (head != null) {
          Laws.holds(!refused && expected != null, "a head is read in pieces only");
          Laws.same(Wire.copy(Objects.requireNonNull(expected)), Wire.copy(head));
          return;
        }
      }
    } catch (BadResponse e) {
      Laws.holds(refused, "a head is refused in pieces only: " + e.getMessage());
      return;
    }
    Laws.holds(expected == null && !refused, "a head is read or refused as a whole only");
  }

  private static void passedOn(ResponseHead head) {
    String passedOn = Wire.copy(head);
    Laws.holds(
        PASSED_ON.matcher(passedOn).matches(), "a head passed on can be misread: " + passedOn);
    Laws.holds(!OF_THIS_HOP.matcher(passedOn).find(), "this hop is passed on: " + passedOn);
    try {
      ResponseHead again = ResponseHead.parse(Wire.bytes(passedOn + "\r\n"), MAX_HEAD + 8);
      Laws.holds(again != null && again.status() == head.status(), "the status changed");
    } catch (BadResponse e) {
      throw new AssertionError("what is passed on is refused: " + e.getMessage(), e);
    }
  }

  private static void likeNetty(String headText, ResponseHead head, String body, Walked walked) {
    if (head.http10() || head.status() < 200) {
      return;
    }
    EmbeddedChannel netty = new EmbeddedChannel(new HttpResponseDecoder(1 << 20, 1 << 20, 1 << 20));
    try {
      netty.writeInbound(Wire.bytes(headText + body));
      StringBuilder payload = new StringBuilder();
      boolean ended = false;
      for (Object message = netty.readInbound();
          message != null && !ended;
          message = netty.readInbound()) {
        try {
          if (message instanceof HttpResponse response) {
            if (response.decoderResult().isFailure()) {
              return;
            }
            Laws.same(head.status(), response.status().code());
          }
          if (message instanceof HttpContent content) {
            if (content.decoderResult().isFailure()) {
              return;
            }
            payload.append(content.content().toString(ISO_8859_1));
            ended = content instanceof LastHttpContent;
          }
        } finally {
          ReferenceCountUtil.release(message);
        }
      }
      Laws.holds(ended, "Netty waits for more of: " + headText + body);
      Laws.same(walked.payload(), payload.toString());
    } finally {
      netty.finishAndReleaseAll();
    }
  }
}
