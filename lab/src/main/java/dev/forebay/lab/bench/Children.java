package dev.forebay.lab.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The processes of a bench. All of them end with it, however it ends: the last started first. Safe
/// for many threads, for an interrupt comes on one of its own.
final class Children implements AutoCloseable {
  private final Path errors;
  private final Deque<Child> started = new ArrayDeque<>();
  private boolean closed;

  /// @param errors file of what they write to their standard error
  Children(Path errors) {
    this.errors = errors;
  }

  /// Starts a process on one core.
  ///
  /// @throws IOException if it cannot be started, or all of them have been ended
  synchronized Child start(String name, int core, List<String> command) throws IOException {
    if (closed) {
      throw new IOException("interrupted");
    }
    Child child = Child.start(name, core, errors, command);
    started.push(child);
    return child;
  }

  /// Ends one of them.
  void end(Child child) {
    synchronized (this) {
      started.remove(child);
    }
    child.close();
  }

  @Override
  public synchronized void close() {
    closed = true;
    started.forEach(Child::close);
    started.clear();
  }
}
