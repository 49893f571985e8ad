package dev.hone.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class FeaturePlotsTest {
    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Element> elements(String svg, String tag) throws Exception {
        NodeList nodes = parsed(svg).getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    /** The bars, without the background. */
    private static List<Element> bars(String svg) throws Exception {
        List<Element> bars = elements(svg, "rect");
        return bars.subList(1, bars.size());
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    private static String texts(String svg) throws Exception {
        return parsed(svg).getDocumentElement().getTextContent();
    }

    @Test
    void waterfallGoesFromTheExpectedScoreToTheScoreLargestFirst() throws Exception {
        String svg = FeaturePlots.waterfall(
                "why",
                "logit",
                List.of("a = 1", "b < 2", "c & d"),
                new double[] {1, -4, 2},
                new double[] {0, 0, Double.NaN},
                5,
                4,
                0);
        List<Element> bars = bars(svg);
        assertThat(bars).hasSize(3);
        // 5 -> 1 -> 3 -> 4 on an axis from 1 to 5.
        double unit = number(bars.get(0), "width") / 4;
        assertThat(number(bars.get(1), "width")).isCloseTo(2 * unit, within(0.2));
        assertThat(number(bars.get(2), "width")).isCloseTo(unit, within(0.2));
        assertThat(number(bars.get(1), "x")).isCloseTo(number(bars.get(0), "x"), within(0.2));
        assertThat(number(bars.get(2), "x")).isCloseTo(number(bars.get(0), "x") + 2 * unit, within(0.2));
        assertThat(bars.get(0).getAttribute("fill")).isEqualTo(Svg.AGAINST);
        assertThat(bars.get(1).getAttribute("fill")).isEqualTo(Svg.FOR);
        assertThat(texts(svg)).contains("why", "b < 2", "c & d", "expected 5", "logit 4", "-4", "+2", "+1");
    }

    @Test
    void remainingFeaturesAreCombined() throws Exception {
        int count = 40;
        List<String> labels = IntStream.range(0, count).mapToObj(i -> "f" + i).toList();
        double[] ones =
                IntStream.range(0, count).mapToDouble(i -> i < 14 ? 2 : 1).toArray();
        String svg = FeaturePlots.waterfall("why", "logit", labels, ones, new double[count], 0, 54, 0);
        assertThat(bars(svg)).hasSize(15);
        assertThat(texts(svg)).contains("26 other features", "+26");
    }

    @Test
    void barLengthsAreProportionalToImportance() throws Exception {
        String svg = FeaturePlots.bars("all", List.of("small", "large"), new double[] {1, 4}, 0);
        List<Element> bars = bars(svg);
        assertThat(number(bars.get(0), "width")).isCloseTo(4 * number(bars.get(1), "width"), within(0.5));
        assertThat(texts(svg).indexOf("large")).isLessThan(texts(svg).indexOf("small"));
    }

    @Test
    void beeswarmDotsShowAttributionByPositionAndValueByColor() throws Exception {
        String svg = FeaturePlots.beeswarm(
                "all",
                List.of("x", "word"),
                new double[][] {{-1, 0.5}, {1, 0.5}, {3, 0.5}},
                new double[][] {{10, Double.NaN}, {20, Double.NaN}, {30, Double.NaN}},
                0);
        List<Element> dots = elements(svg, "circle");
        assertThat(dots).hasSize(6);
        double unit = (number(dots.get(2), "cx") - number(dots.get(0), "cx")) / 4;
        assertThat(number(dots.get(1), "cx")).isCloseTo(number(dots.get(0), "cx") + 2 * unit, within(0.2));
        assertThat(dots.get(0).getAttribute("fill")).isEqualTo(Svg.AGAINST);
        assertThat(dots.get(2).getAttribute("fill")).isEqualTo(Svg.FOR);
        assertThat(dots.subList(3, 6))
                .allSatisfy(dot -> assertThat(dot.getAttribute("fill")).isEqualTo(Svg.GRAY));
        assertThat(dots.subList(3, 6).stream().map(dot -> dot.getAttribute("cy")))
                .as("dots at the same position are moved apart")
                .doesNotHaveDuplicates();
    }

    @Test
    void beeswarmReportsOmittedFeaturesAndItsLabelsDoNotOverlap() throws Exception {
        List<String> labels = IntStream.range(0, 20).mapToObj(i -> "f" + i).toList();
        double[][] values = new double[1][20];
        double[][] rows = {IntStream.range(0, 20).mapToDouble(i -> i).toArray()};
        String svg = FeaturePlots.beeswarm("all", labels, rows, values, 0);
        assertThat(texts(svg)).contains("5 features matter less");
        assertThat(elements(svg, "text").stream().map(Element::getTextContent).filter("0"::equals))
                .hasSize(1);
        rows[0] = new double[20];
        assertThat(elements(FeaturePlots.beeswarm("all", labels, rows, values, 0), "text").stream()
                        .map(Element::getTextContent)
                        .filter("0"::equals))
                .hasSize(1);
        rows[0][0] = -20;
        rows[0][1] = 20;
        assertThat(texts(FeaturePlots.beeswarm("all", labels, rows, values, 0)))
                .containsSubsequence("-20", "20", "0", "line: 0");
    }

    @Test
    void longNamesKeepTheirEnds() {
        assertThat(Svg.cut("short", 5)).isEqualTo("short");
        assertThat(Svg.cut("0123456789", 8)).isEqualTo("0123…789");
        assertThat(Svg.cut("0123456789", 7)).isEqualTo("012…789");
    }

    /** Attributions need not sum to the score; the remainder must be inside the plot. */
    @Test
    void lastBarOfAWaterfallIsInsideThePlot() throws Exception {
        List<String> labels = IntStream.range(0, 40).mapToObj(i -> "f" + i).toList();
        double[] ones = IntStream.range(0, 40).mapToDouble(i -> 1).toArray();
        String svg = FeaturePlots.waterfall("why", "logit", labels, ones, new double[40], 0, 20, 0);
        Element last = bars(svg).get(14);
        double width = number(parsed(svg).getDocumentElement(), "width");
        assertThat(number(last, "x") + number(last, "width")).isLessThan(width);
    }

    @Test
    void numbersHaveNoTrailingZeros() {
        assertThat(Svg.number(0)).isEqualTo("0");
        assertThat(Svg.number(1)).isEqualTo("1");
        assertThat(Svg.number(-0.0123456)).isEqualTo("-0.01235");
        assertThat(Svg.number(1234.56)).isEqualTo("1235");
        assertThat(Svg.number(1e7)).isEqualTo("1.00e+07");
    }

    @Test
    void stepsAreInOrderAndOnTheirSideOfZero() throws Exception {
        String svg = FeaturePlots.steps(
                "why", List.of("0 no", "1 good"), new double[] {-1, 3}, new double[] {Double.NaN, 0}, 0);
        List<Element> bars = bars(svg);
        assertThat(bars).hasSize(2);
        double zero = number(bars.get(1), "x");
        assertThat(number(bars.get(0), "x") + number(bars.get(0), "width")).isCloseTo(zero, within(0.2));
        assertThat(number(bars.get(1), "width")).isCloseTo(3 * number(bars.get(0), "width"), within(0.5));
        assertThat(number(bars.get(0), "y")).isLessThan(number(bars.get(1), "y"));
        assertThat(bars.get(0).getAttribute("fill")).isNotEqualTo(bars.get(1).getAttribute("fill"));
        assertThat(texts(svg)).contains("0 no", "-1", "1 good", "+3");
    }

    @Test
    void longSequencesShowTheStepsWithTheLargestAttributions() throws Exception {
        double[] values = IntStream.range(0, 100).mapToDouble(i -> i % 2).toArray();
        String svg = FeaturePlots.steps(
                "why", IntStream.range(0, 100).mapToObj(i -> "s" + i).toList(), values, new double[100], 0);
        assertThat(bars(svg)).hasSize(40);
        assertThat(texts(svg)).contains("s1", "s3", "60 steps matter less").doesNotContain("s2s2");
    }

    @Test
    void showsAtMostTheRequestedNumberOfFeatures() throws Exception {
        List<String> labels = IntStream.range(0, 20).mapToObj(i -> "f" + i).toList();
        double[] values = IntStream.range(0, 20).mapToDouble(i -> 20 - i).toArray();
        double[] bars = new double[20];
        double[][] rows = {values};
        // The values sum to 210, the first three to 57 and the first nineteen to 209.
        assertThat(texts(FeaturePlots.waterfall("why", "logit", labels, values, bars, 0, 210, 3)))
                .contains("f0", "f2", "17 other features", "+153")
                .doesNotContain("f3");
        assertThat(texts(FeaturePlots.waterfall("why", "logit", labels, values, bars, 0, 210, 19)))
                .contains("f18", "1 other feature", "+1")
                .doesNotContain("f19");
        assertThat(texts(FeaturePlots.waterfall("why", "logit", labels, values, bars, 0, 210, 30)))
                .contains("f19")
                .doesNotContain("other");
        for (String svg : List.of(
                FeaturePlots.bars("all", labels, values, 3),
                FeaturePlots.beeswarm("all", labels, rows, rows, 3),
                FeaturePlots.steps("why", labels, values, bars, 3))) {
            assertThat(texts(svg))
                    .contains("f0", "f2")
                    .doesNotContain("f3")
                    .containsPattern("17 (features|steps) matter less");
        }
    }
}
