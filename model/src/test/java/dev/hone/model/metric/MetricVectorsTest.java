package dev.hone.model.metric;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against scikit-learn and SciPy; the vectors are made by {@code metrics.py}. */
class MetricVectorsTest {
    private static final Offset<Double> EXACT = Offset.offset(1e-6);
    /** Of the ends of an interval from a few thousand draws. */
    private static final Offset<Double> DRAWN = Offset.offset(0.015);

    private static JsonNode vectors() throws IOException {
        try (InputStream in = MetricVectorsTest.class.getResourceAsStream("metrics.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static Evaluation evaluation(JsonNode vector) {
        int[] truth = IntStream.range(0, vector.get("truth").size())
                .map(i -> vector.get("truth").get(i).asInt())
                .toArray();
        float[][] probabilities = new float[truth.length][];
        for (int i = 0; i < truth.length; i++) {
            JsonNode row = vector.get("probabilities").get(i);
            probabilities[i] = new float[row.size()];
            for (int c = 0; c < row.size(); c++) {
                probabilities[i][c] = (float) row.get(c).asDouble();
            }
        }
        List<String> labels = IntStream.range(0, probabilities[0].length)
                .mapToObj(Integer::toString)
                .toList();
        return new Evaluation(labels, probabilities, truth);
    }

    @Test
    void metricsOfScikitLearn() throws IOException {
        for (JsonNode vector : vectors().get("evaluations")) {
            Evaluation evaluation = evaluation(vector);
            int good = vector.get("good").asInt();
            assertThat(evaluation.rocAuc()).isCloseTo(vector.get("rocAuc").asDouble(), EXACT);
            assertThat(evaluation.confusion().macroF1())
                    .isCloseTo(vector.get("macroF1").asDouble(), EXACT);
            assertThat(evaluation.averagePrecision(good))
                    .isCloseTo(vector.get("averagePrecision").asDouble(), EXACT);
            JsonNode classes = vector.get("averagePrecisionOfClasses");
            double sum = 0;
            int present = 0;
            for (int c = 0; c < classes.size(); c++) {
                double own = evaluation.precisionRecallOf(c).averagePrecision();
                assertThat(Double.isNaN(own)).isEqualTo(classes.get(c).isNull());
                if (!classes.get(c).isNull()) {
                    assertThat(own).isCloseTo(classes.get(c).asDouble(), EXACT);
                    sum += own;
                    present++;
                }
            }
            assertThat(evaluation.averagePrecision(-1)).isCloseTo(sum / present, EXACT);
        }
    }

    @Test
    void precisionAndRecallAtEveryThreshold() throws IOException {
        for (JsonNode vector : vectors().get("evaluations")) {
            List<PrecisionRecall.Point> points = evaluation(vector)
                    .precisionRecall(vector.get("good").asInt())
                    .points();
            // scikit-learn ends where all are found or, in older versions, before; the points up to there are the same.
            assertThat(points).hasSize(vector.get("thresholds").size());
            for (int i = 0; i < points.size(); i++) {
                PrecisionRecall.Point point = points.get(i);
                assertThat(point.threshold())
                        .isCloseTo(vector.get("thresholds").get(i).asDouble(), EXACT);
                assertThat(point.precision())
                        .isCloseTo(vector.get("precision").get(i).asDouble(), EXACT);
                assertThat(point.recall()).isCloseTo(vector.get("recall").get(i).asDouble(), EXACT);
            }
        }
    }

    @Test
    void expectedCalibrationError() throws IOException {
        for (JsonNode vector : vectors().get("evaluations")) {
            Calibration calibration = evaluation(vector).calibration();
            assertThat(calibration.error()).isCloseTo(vector.get("ece").asDouble(), EXACT);
            assertThat(calibration.bins().stream()
                            .map(Calibration.Bin::count)
                            .filter(n -> n > 0)
                            .map(Long::intValue)
                            .toList())
                    .isEqualTo(new ObjectMapper().convertValue(vector.get("binCounts"), List.class));
        }
    }

    @Test
    void bootstrapIntervals() throws IOException {
        for (JsonNode vector : vectors().get("evaluations")) {
            if (vector.has("intervals")) {
                Intervals intervals = evaluation(vector).intervals();
                close(intervals.macroF1(), vector.get("intervals").get("macroF1"));
                close(intervals.balancedAccuracy(), vector.get("intervals").get("balancedAccuracy"));
                close(intervals.rocAuc(), vector.get("intervals").get("rocAuc"));
            }
        }
    }

    private static void close(Interval interval, JsonNode expected) {
        assertThat(interval.low()).isCloseTo(expected.get(0).asDouble(), DRAWN);
        assertThat(interval.high()).isCloseTo(expected.get(1).asDouble(), DRAWN);
    }

    @Test
    void closedForms() throws IOException {
        for (JsonNode row : vectors().get("wilson")) {
            Proportion proportion =
                    new Proportion(row.get(0).asLong(), row.get(1).asLong());
            assertThat(proportion.low()).isCloseTo(row.get(2).asDouble(), EXACT);
            assertThat(proportion.high()).isCloseTo(row.get(3).asDouble(), EXACT);
        }
        for (JsonNode row : vectors().get("newcombe")) {
            assertThat(Newcombe.low(row.get(0).asLong(), row.get(1).asLong()))
                    .isCloseTo(row.get(2).asDouble(), EXACT);
        }
    }
}
