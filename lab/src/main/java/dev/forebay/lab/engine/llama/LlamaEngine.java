package dev.forebay.lab.engine.llama;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// llama.cpp in this process, behind the HTTP that its server speaks, on the loopback interface.
///
/// Four answers run at once; whoever comes then waits in line. A caller that leaves a stream frees
/// its slot at the next token. A caller that leaves a plain answer is noticed only when that answer
/// is written, since the JDK's server does not watch a socket it isn't writing to; give such calls
/// a `max_tokens`.
public final class LlamaEngine implements AutoCloseable {
  /// Answers that run at once.
  public static final int SLOTS = 4;

  /// Tokens of prompt and answer together that one slot holds: what the story model was trained on.
  public static final int CONTEXT_TOKENS = 512;

  static {
    // Otherwise each event of a stream may wait 40 ms for the acknowledgement of the one before.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final Slots slots;
  private final String model;
  private final ExecutorService requests;
  private final HttpServer server;

  private LlamaEngine(Slots slots, String model, HttpServer server) {
    this.slots = slots;
    this.model = model;
    this.requests = Executors.newVirtualThreadPerTaskExecutor();
    this.server = server;
    server.setExecutor(requests);
    server.createContext("/", new Routes(slots, model));
  }

  /// Loads a GGUF file and listens.
  ///
  /// @param port 0 for any free one
  public static LlamaEngine start(Path file, int port) throws IOException {
    return start(file, port, CONTEXT_TOKENS);
  }

  /// @param contextTokens what one slot holds, instead of [#CONTEXT_TOKENS]; past those the story
  ///   model talks nonsense
  static LlamaEngine start(Path file, int port, int contextTokens) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    Slots slots = new Slots(file, SLOTS, contextTokens);
    try {
      LlamaEngine engine = new LlamaEngine(slots, nameOf(file), HttpServer.create(address, 1024));
      engine.server.start();
      return engine;
    } catch (IOException e) {
      slots.close();
      throw e;
    }
  }

  /// The name callers use: the file's, without its ending.
  public String model() {
    return model;
  }

  /// The address that `/v1/...` follows.
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    slots.close();
    requests.shutdownNow();
  }

  private static String nameOf(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
