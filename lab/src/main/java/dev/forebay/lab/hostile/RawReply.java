package dev.forebay.lab.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// All that came back over one connection until it was closed, taken apart to the letter.
///
/// @param answers final ones, in their order
/// @param rest bytes that are no answer; empty if all is well
/// @param closed whether the gateway closed
record RawReply(List<Answer> answers, String rest, boolean closed) {
  /// One answer.
  ///
  /// @param head with its status line
  record Answer(int status, String head, String body) {}

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([1-5][0-9]{2}) [^\r\n]*\r\n");
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: ([0-9]+)\r\n");

  private static final Pattern CHUNK = Pattern.compile("([0-9a-f]{1,7})\r\n");

  /// Sends these bytes, one character each, and reads until the other side closes.
  static RawReply to(int port, String bytes, int timeoutMillis) throws IOException {
    StringBuilder all = new StringBuilder();
    boolean closed = false;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      Thread.ofVirtual().start(() -> send(socket, bytes));
      InputStream in = socket.getInputStream();
      byte[] part = new byte[8192];
      try {
        for (int n = in.read(part); n >= 0; n = in.read(part)) {
          all.append(new String(part, 0, n, ISO_8859_1));
        }
        closed = true;
      } catch (SocketTimeoutException e) {
        closed = false;
      } catch (IOException e) {
        // A close with bytes still unread is a reset.
        closed = true;
      }
    }
    return parse(all.toString(), closed);
  }

  private static void send(Socket socket, String bytes) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(bytes.getBytes(ISO_8859_1));
      out.flush();
    } catch (IOException e) {
      // refused while it was sent
    }
  }

  static RawReply parse(String all, boolean closed) {
    List<Answer> answers = new ArrayList<>();
    int at = 0;
    while (at < all.length()) {
      int headTo = all.indexOf("\r\n\r\n", at);
      Matcher status = STATUS.matcher(all).region(at, all.length());
      if (headTo < 0 || !status.lookingAt()) {
        break;
      }
      String head = all.substring(at, headTo + 2);
      int code = Integer.parseInt(status.group(1));
      at = headTo + 4;
      StringBuilder body = new StringBuilder();
      Matcher length = LENGTH.matcher(head);
      if (code >= 200 && length.find()) {
        int bodyTo = at + Integer.parseInt(length.group(1));
        if (bodyTo <= all.length()) { // else it answers a HEAD, or is cut short
          body.append(all, at, bodyTo);
          at = bodyTo;
        }
      } else if (head.contains("\r\ntransfer-encoding: chunked\r\n")) {
        at = chunks(all, at, body);
        if (at < 0) {
          return new RawReply(answers, "half an answer: " + head + body, closed);
        }
      }
      if (code >= 200) {
        answers.add(new Answer(code, head, body.toString()));
      }
    }
    return new RawReply(answers, all.substring(at), closed);
  }

  // the index behind the last chunk, or -1 if there is none
  private static int chunks(String all, int from, StringBuilder body) {
    int at = from;
    while (true) {
      Matcher size = CHUNK.matcher(all).region(at, all.length());
      if (!size.lookingAt()) {
        return -1;
      }
      int length = Integer.parseInt(size.group(1), 16);
      int dataTo = size.end() + length;
      if (!all.startsWith("\r\n", dataTo)) {
        return -1;
      }
      body.append(all, size.end(), dataTo);
      at = dataTo + 2;
      if (length == 0) {
        return at;
      }
    }
  }
}
