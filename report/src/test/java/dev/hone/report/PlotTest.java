package dev.hone.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Plots are well-formed and put values where their axes say. */
class PlotTest {
    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<double[][]> lines(Document svg) {
        NodeList nodes = svg.getElementsByTagName("polyline");
        List<double[][]> lines = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            lines.add(Arrays.stream(
                            ((Element) nodes.item(i)).getAttribute("points").split(" "))
                    .map(pair -> Arrays.stream(pair.split(","))
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toArray(double[][]::new));
        }
        return lines;
    }

    private static Plot plot() {
        return new Plot("t <&>", Plot.Axis.share("x"), new Plot.Axis("y", 0, 4, false));
    }

    @Test
    void valuesLieProportionally() throws Exception {
        Document svg = parsed(plot().line("a", new double[] {0, 0.25, 1}, new double[] {0, 1, 4})
                .svg());
        double[][] line = lines(svg).get(0);
        assertThat(line[1][0] - line[0][0]).isCloseTo((line[2][0] - line[0][0]) / 4, within());
        assertThat(line[0][1] - line[1][1]).isCloseTo((line[0][1] - line[2][1]) / 4, within());
        assertThat(line[2][1]).isLessThan(line[0][1]);
        assertThat(svg.getDocumentElement().getTextContent()).contains("t <&>", "0 %", "100 %", "x", "y", "a");
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(0.2);
    }

    @Test
    void stepsKeepTheirValueUntilTheNext() throws Exception {
        double[][] line = lines(parsed(plot().steps("a", new double[] {0, 0.5, 1}, new double[] {4, 2, 0})
                        .svg()))
                .get(0);
        assertThat(line).hasDimensions(5, 2);
        assertThat(line[1][1]).isEqualTo(line[0][1]);
        assertThat(line[1][0]).isEqualTo(line[2][0]);
        assertThat(line[3][1]).isEqualTo(line[2][1]);
    }

    @Test
    void unknownValuesAreLeftOut() throws Exception {
        double[][] line = lines(parsed(plot().line("a", new double[] {0, 0.5, 1}, new double[] {1, Double.NaN, 3})
                        .svg()))
                .get(0);
        assertThat(line).hasDimensions(2, 2);
        assertThat(plot().line("a", new double[0], new double[0]).svg()).doesNotContain("NaN", "Infinity");
    }

    @Test
    void aHundredThousandPointsMakeASmallFile() throws Exception {
        double[] x = IntStream.range(0, 100_000).mapToDouble(i -> i / 1e5).toArray();
        String svg = plot().line("a", x, Arrays.stream(x).map(v -> 4 * v * v).toArray())
                .svg();
        assertThat(svg.length()).isLessThan(40_000);
        double[][] line = lines(parsed(svg)).get(0);
        assertThat(line[line.length - 1][1]).isLessThan(line[0][1]);
    }
}
