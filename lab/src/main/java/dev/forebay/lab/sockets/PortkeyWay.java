package dev.forebay.lab.sockets;

import dev.forebay.lab.bench.Ports;
import dev.forebay.lab.bench.proxy.Duty;
import dev.forebay.lab.bench.proxy.Portkey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Portkey's gateway, which passes everything on.
record PortkeyWay() implements Way {
  @Override
  public String name() {
    return "Portkey";
  }

  @Override
  public Optional<String> missing() throws IOException, InterruptedException {
    return Portkey.besideBuild().missing();
  }

  @Override
  public Front start(Path folder, int engine) throws IOException, InterruptedException {
    int port = Ports.free();
    var front =
        new dev.forebay.lab.bench.proxy.Front(folder, port, port, engine, 0, null, Duty.NOTHING);
    var portkey = Portkey.besideBuild();
    return Front.start(folder, portkey.command(front), port, portkey.headers(front));
  }
}
