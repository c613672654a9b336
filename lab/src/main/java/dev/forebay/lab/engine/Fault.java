package dev.forebay.lab.engine;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A way in which real engines misbehave. Durations are engine time: the time scale shortens them.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Fault.Reject.class, name = "reject"),
  @JsonSubTypes.Type(value = Fault.KeepAlive.class, name = "keep-alive"),
  @JsonSubTypes.Type(value = Fault.SlowStart.class, name = "slow-start"),
  @JsonSubTypes.Type(value = Fault.Stall.class, name = "stall"),
  @JsonSubTypes.Type(value = Fault.Cut.class, name = "cut"),
  @JsonSubTypes.Type(value = Fault.EmptyBody.class, name = "empty-body"),
  @JsonSubTypes.Type(value = Fault.BlankBody.class, name = "blank-body"),
  @JsonSubTypes.Type(value = Fault.ErrorEvent.class, name = "error-event"),
  @JsonSubTypes.Type(value = Fault.OutOfResources.class, name = "out-of-resources"),
  @JsonSubTypes.Type(value = Fault.Gzip.class, name = "gzip"),
  @JsonSubTypes.Type(value = Fault.CloseDelimited.class, name = "close-delimited"),
  @JsonSubTypes.Type(value = Fault.LengthDelimited.class, name = "length-delimited"),
  @JsonSubTypes.Type(value = Fault.SlowRead.class, name = "slow-read"),
})
public sealed interface Fault {

  /// Refuses at once with that status.
  ///
  /// @param retryAfter told to the client in seconds; null says nothing
  record Reject(int status, @Nullable Duration retryAfter) implements Fault {
    public Reject {
      if (status < 400 || status > 599) {
        throw new IllegalArgumentException("status must be in [400, 599], was " + status);
      }
    }

    public Reject(int status) {
      this(status, null);
    }
  }

  /// DeepSeek under load: until the first token, comments in a stream and blank lines otherwise.
  record KeepAlive(Duration interval) implements Fault {
    public KeepAlive {
      positive("interval", interval);
    }
  }

  /// Does not begin to compute before that time is over.
  record SlowStart(Duration delay) implements Fault {
    public SlowStart {
      positive("delay", delay);
    }
  }

  /// Sends nothing more after that many tokens, and leaves the connection open.
  record Stall(int afterTokens) implements Fault {}

  /// Closes the connection after that many tokens; an answer that is not streamed is cut in half.
  ///
  /// @param reset with RST rather than FIN
  record Cut(int afterTokens, boolean reset) implements Fault {}

  /// 200 with nothing in it.
  record EmptyBody() implements Fault {}

  /// 200 with two line feeds, and then the connection closes.
  record BlankBody() implements Fault {}

  /// An error inside a stream that began with 200, after that many tokens; otherwise status 500.
  record ErrorEvent(int afterTokens) implements Fault {}

  /// DeepSeek breaking off: finish reason `insufficient_system_resource` after that many tokens.
  record OutOfResources(int afterTokens) implements Fault {
    public OutOfResources {
      if (afterTokens < 1) {
        throw new IllegalArgumentException("afterTokens must be > 0, was " + afterTokens);
      }
    }
  }

  /// Compresses, whatever the client accepts.
  record Gzip() implements Fault {}

  /// Ends the answer by closing the connection, as HTTP/1.0 did.
  record CloseDelimited() implements Fault {}

  /// Streams with a content length rather than in chunks.
  record LengthDelimited() implements Fault {}

  /// Reads the request's body in small pieces.
  ///
  /// @param bytes read each time
  /// @param interval between two reads
  record SlowRead(int bytes, Duration interval) implements Fault {
    public SlowRead {
      if (bytes < 1) {
        throw new IllegalArgumentException("bytes must be > 0, was " + bytes);
      }
      positive("interval", interval);
    }
  }

  private static void positive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " must be > 0s, was " + value);
    }
  }
}
