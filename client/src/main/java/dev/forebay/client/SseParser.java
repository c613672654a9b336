package dev.forebay.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Takes a stream of server-sent events apart as its bytes arrive, in whatever pieces. Comments are
/// dropped, as is an event that the stream's end cuts off. Not safe for several threads.
///
/// @see <a
///   href="https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream">
///   HTML, 9.2.5: parsing an event stream</a>
final class SseParser {
  private static final int MAX_EVENT_BYTES = 32 * 1024 * 1024;

  private final Consumer<ServerSentEvent> sink;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
  private final StringBuilder data = new StringBuilder();
  private String event = "";
  private boolean anyData;
  private boolean afterCr;
  private boolean begun;

  SseParser(Consumer<ServerSentEvent> sink) {
    this.sink = sink;
  }

  /// @throws IOException if one event has more than 32 MiB
  void feed(byte[] bytes) throws IOException {
    int from = 0;
    for (int at = 0; at < bytes.length; at++) {
      byte b = bytes[at];
      if (b == '\n' && afterCr) {
        afterCr = false;
        from = at + 1;
      } else if (b == '\n' || b == '\r') {
        line.write(bytes, from, at - from);
        from = at + 1;
        afterCr = b == '\r';
        line(line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else {
        afterCr = false;
      }
    }
    line.write(bytes, from, bytes.length - from);
    if (line.size() + data.length() > MAX_EVENT_BYTES) {
      throw new IOException("an event of more than " + MAX_EVENT_BYTES + " bytes");
    }
  }

  private void line(String whole) {
    String text = begun || !whole.startsWith("\uFEFF") ? whole : whole.substring(1);
    begun = true;
    if (text.isEmpty()) {
      end();
      return;
    }
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String value = colon < 0 ? "" : text.substring(colon + 1);
    field(name, value.startsWith(" ") ? value.substring(1) : value);
  }

  private void field(String name, String value) {
    switch (name) {
      case "data" -> {
        if (anyData) {
          data.append('\n');
        }
        data.append(value);
        anyData = true;
      }
      case "event" -> event = value;
      default -> {
        // a comment, an id, a time to reconnect: nothing that answers of models mean
      }
    }
  }

  private void end() {
    if (anyData) {
      sink.accept(new ServerSentEvent(event, data.toString()));
    }
    data.setLength(0);
    anyData = false;
    event = "";
  }
}
