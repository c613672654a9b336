package dev.forebay.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.List;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ChartTest {
  private static Document parsed(Markup markup) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(markup.toString())));
  }

  @Test
  void barsAreMediansWithADotForEachValueAndALineForTheLimit() throws Exception {
    var bars =
        List.of(
            new BarChart.Bar("ours & others'", 10, List.of(9.0, 10.0, 12.0), true),
            new BarChart.Bar("<nginx>", 8, List.of(8.0), false));

    Document svg = parsed(new BarChart("CPU", "µs", bars, OptionalDouble.of(9.6)).draw());

    assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(2);
    assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(4);
    assertThat(svg.getDocumentElement().getTextContent()).contains("bar: 9.6 µs", "<nginx>");
  }

  @Test
  void aChartOfNothingIsStillAChart() throws Exception {
    parsed(new BarChart("CPU", "µs", List.of(), OptionalDouble.empty()).draw());
    parsed(new LineChart("TTFT", "load", "s", List.of(), true).draw());
  }

  @Test
  void linesLeaveOutWhatALogarithmicAxisCannotShow() throws Exception {
    var series =
        List.of(
            new LineChart.Series(
                "p99",
                List.of(
                    new LineChart.Point(0.5, 0),
                    new LineChart.Point(1, 0.2),
                    new LineChart.Point(2, 30))));

    Document svg = parsed(new LineChart("TTFT", "load", "s", series, true).draw());

    assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(2);
    assertThat(svg.getDocumentElement().getTextContent()).contains("p99: 30 at 2");
  }

  @Test
  void aRowOfATableHasACellForEachHeading() {
    var table = new Table("a", "b").row("1", "2|3");

    assertThat(table.markdown()).isEqualTo("| a | b |\n| --- | --- |\n| 1 | 2\\|3 |\n");
    assertThat(table.row("100", "-").plain()).isEqualTo("a      b\n1    2|3\n100    -\n");
    assertThatThrownBy(() -> table.row("1")).hasMessageContaining("needs 2 cells, had 1");
  }
}
