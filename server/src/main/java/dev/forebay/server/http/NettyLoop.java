package dev.forebay.server.http;

import dev.forebay.pipeline.Loop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// A Netty event loop as calls see it.
public final class NettyLoop implements Loop {
  private static final long SWEEP_MILLIS = 50;

  private final EventLoop loop;
  private final int index;
  private final Sweep sweep = new Sweep();

  NettyLoop(EventLoop loop, int index) {
    this.loop = loop;
    this.index = index;
    loop.scheduleAtFixedRate(
        () -> sweep.run(nanoTime()), SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// The position among the loops of the process, from 0.
  public int index() {
    return index;
  }

  public EventLoop eventLoop() {
    return loop;
  }

  /// What looks after time limits on this loop.
  public Sweep sweep() {
    return sweep;
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  @Override
  public Timer at(long nanoTime, Runnable task) {
    Future<?> scheduled =
        loop.schedule(task, Math.max(0, nanoTime - nanoTime()), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}
