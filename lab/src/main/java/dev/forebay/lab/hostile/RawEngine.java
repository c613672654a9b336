package dev.forebay.lab.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// An engine that reads requests by rules of its own, to the letter, and writes down what it
/// understood; what it answers is bytes that a script gives.
///
/// One virtual thread a connection. Safe for several threads.
public final class RawEngine implements AutoCloseable {
  /// What the gateway asks by itself.
  private static final Set<String> PROBED =
      Set.of("/v1/models", "/health", "/metrics", "/prometheus/metrics", "/slots");

  private static final int MAX_HEAD = 1 << 20;
  private static final int MAX_KEPT = 1 << 20;

  /// What to answer.
  public interface Script {
    /// Writes an answer to one request.
    ///
    /// @return whether the connection may carry another request
    boolean answer(Seen request, OutputStream out) throws IOException, InterruptedException;
  }

  /// One request as it was understood.
  ///
  /// @param connection counts the engine's connections
  /// @param rubbish what is wrong with it; null if it is a request
  public record Seen(
      int connection,
      String method,
      String target,
      List<String> fields,
      String body,
      @Nullable String rubbish) {

    /// The value of the first header of that name; null if there is none.
    public @Nullable String field(String lowerCaseName) {
      for (String field : fields) {
        int colon = field.indexOf(':');
        if (field.substring(0, colon).toLowerCase(Locale.ROOT).equals(lowerCaseName)) {
          return field.substring(colon + 1).strip();
        }
      }
      return null;
    }

    private static Seen rubbish(int connection, String what) {
      return new Seen(connection, "", "", List.of(), "", what);
    }
  }

  private final ServerSocket listener = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
  private final Script script;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();

  public RawEngine(Script script) throws IOException {
    this.script = script;
    Thread.ofVirtual().name("raw-engine").start(this::accept);
  }

  /// A plain answer to a chat call.
  public static boolean answerPlainly(Seen request, OutputStream out) throws IOException {
    String body =
        request.target().endsWith("/completions")
            ? "{\"id\":\"x\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
                + "{\"role\":\"assistant\",\"content\":\"ok\"},\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}"
            : "{\"data\":[]}";
    out.write(
        ("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                + body.length()
                + "\r\n\r\n"
                + (request.method().equals("HEAD") ? "" : body))
            .getBytes(ISO_8859_1));
    out.flush();
    return true;
  }

  public int port() {
    return listener.getLocalPort();
  }

  /// Requests understood since the last time, probes of the gateway's left out.
  public List<Seen> take() {
    List<Seen> taken = new ArrayList<>();
    for (Seen one = seen.poll(); one != null; one = seen.poll()) {
      taken.add(one);
    }
    return taken;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual().name("raw-engine-" + number).start(() -> serve(socket, number));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (Seen request = read(in, number); request != null; request = read(in, number)) {
        if (isProbe(request)) {
          answerPlainly(request, socket.getOutputStream());
          continue;
        }
        seen.add(request);
        if (request.rubbish() != null || !script.answer(request, socket.getOutputStream())) {
          return;
        }
      }
    } catch (IOException e) {
      // the gateway closed, as it may
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(socket);
    }
  }

  private static boolean isProbe(Seen request) {
    return request.method().equals("GET") && PROBED.contains(request.target());
  }

  private static @Nullable Seen read(InputStream in, int connection) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        return head.isEmpty() ? null : Seen.rubbish(connection, "half a head: " + head);
      }
      head.append((char) b);
      if (head.length() > MAX_HEAD) {
        return Seen.rubbish(connection, "endless head");
      }
    }
    String[] lines = head.substring(0, head.length() - 4).split("\r\n", -1);
    if (!lines[0].matches("[A-Za-z!#$%&'*+.^_`|~0-9-]+ [!-~]+ HTTP/1\\.1")) {
      return Seen.rubbish(connection, "request line: " + lines[0]);
    }
    List<String> fields = List.of(lines).subList(1, lines.length);
    int lengths = 0;
    int codings = 0;
    int hosts = 0;
    for (String field : fields) {
      if (!field.matches("[A-Za-z!#$%&'*+.^_`|~0-9-]+:[^\\x00-\\x08\\x0a-\\x1f\\x7f]*")) {
        return Seen.rubbish(connection, "header line: " + field);
      }
      String name = field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT);
      lengths += name.equals("content-length") ? 1 : 0;
      codings += name.equals("transfer-encoding") ? 1 : 0;
      hosts += name.equals("host") ? 1 : 0;
    }
    String[] words = lines[0].split(" ", -1);
    Seen request = new Seen(connection, words[0], words[1], fields, "", null);
    if (lengths + codings > 1 || hosts != 1) {
      return Seen.rubbish(connection, "framed or named twice: " + head);
    }
    String body = "";
    if (codings == 1) {
      body = "chunked".equals(request.field("transfer-encoding")) ? chunks(in) : null;
    } else if (lengths == 1) {
      body = exactly(in, Integer.parseInt(String.valueOf(request.field("content-length"))));
    }
    return body == null
        ? Seen.rubbish(connection, "half a body, or chunks that are none: " + head)
        : new Seen(connection, words[0], words[1], fields, body, null);
  }

  private static @Nullable String chunks(InputStream in) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      String size = line(in);
      if (size == null || !size.matches("[0-9a-f]{1,7}")) {
        return null;
      }
      String data = exactly(in, Integer.parseInt(size, 16));
      if (data == null || !"".equals(line(in))) {
        return null;
      }
      if (data.isEmpty()) {
        return body.toString();
      }
      body.append(data);
    }
  }

  private static @Nullable String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      line.append((char) b);
      if (line.length() > 1 && line.substring(line.length() - 2).equals("\r\n")) {
        return line.substring(0, line.length() - 2);
      }
    }
    return null;
  }

  /// Of a long body only the beginning is kept, and it is read as slowly as a busy engine does.
  private static @Nullable String exactly(InputStream in, int length) throws IOException {
    if (length > MAX_KEPT) {
      String kept = exactly(in, MAX_KEPT);
      byte[] part = new byte[64 * 1024];
      for (int rest = length - MAX_KEPT; rest > 0; ) {
        int n = in.read(part, 0, Math.min(rest, part.length));
        if (n < 0) {
          return null;
        }
        rest -= n;
        LockSupport.parkNanos(200_000);
      }
      return kept;
    }
    byte[] bytes = in.readNBytes(length);
    return bytes.length == length ? new String(bytes, ISO_8859_1) : null;
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      // closed by the other side already
    }
  }
}
