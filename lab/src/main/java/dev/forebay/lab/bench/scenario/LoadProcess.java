package dev.forebay.lab.bench.scenario;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// The process that makes the load. It takes a line of [Order] and answers with a line [#BEGIN] at
/// each beginning of a window and a line of [Sample]. Ends with its standard input.
public final class LoadProcess {
  public static final String BEGIN = "begin";

  private LoadProcess() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(obey(Order.parse(line)).line());
    }
    System.exit(0);
  }

  private static Sample obey(Order order) throws InterruptedException {
    Measurement measurement = order.scenario().measurement();
    return order.warmUp()
        ? measurement.warmUp(order)
        : measurement.measure(order, () -> System.out.println(BEGIN));
  }
}
