package dev.hone.train.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.Decision;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Ranking;
import dev.hone.train.Reference;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTest {
    private static final Offset<Double> EXACT = Offset.offset(1e-9);

    private static Evaluation evaluation() {
        float[] flat = Reference.floats("metric.probability");
        int[] truth = Reference.ints("metric.truth");
        float[][] rows = new float[truth.length][4];
        for (int i = 0; i < flat.length; i++) {
            rows[i / 4][i % 4] = flat[i];
        }
        return new Evaluation(List.of("good", "crack", "spot", "dent"), rows, truth);
    }

    @Test
    void agreesWithScikitLearn() {
        Confusion c = evaluation().confusion();
        assertThat(c.accuracy()).isCloseTo(Reference.number("metric.accuracy"), EXACT);
        assertThat(c.balancedAccuracy()).isCloseTo(Reference.number("metric.balanced"), EXACT);
        assertThat(c.macroF1()).isCloseTo(Reference.number("metric.macro"), EXACT);
        for (int k = 0; k < 4; k++) {
            assertThat(c.precision(k)).isCloseTo(Reference.doubles("metric.precision")[k], EXACT);
            assertThat(c.recall(k)).isCloseTo(Reference.doubles("metric.recall")[k], EXACT);
            assertThat(c.f1(k)).isCloseTo(Reference.doubles("metric.f1")[k], EXACT);
            for (int j = 0; j < 4; j++) {
                assertThat(c.count(k, j)).isEqualTo((long) Reference.doubles("metric.confusion")[4 * k + j]);
            }
        }
        assertThat(evaluation().rocAuc()).isCloseTo(Reference.number("metric.auc"), EXACT);
        assertThat(evaluation().logLoss()).isCloseTo(Reference.number("metric.logloss"), Offset.offset(1e-6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.1", "0.3"})
    void fewestEscapesAtAFixedOverkill(String limit) {
        Ranking.OperatingPoint point = evaluation().escapeAt(Double.parseDouble(limit), 0);
        assertThat(point.escape()).isCloseTo(Reference.doubles("metric.escape." + limit)[1], EXACT);
        assertThat(point.overkill()).isLessThanOrEqualTo(Double.parseDouble(limit));
        // The threshold really does what the point says.
        Evaluation e = evaluation();
        int escaped = 0;
        int rejected = 0;
        int good = 0;
        for (int i = 0; i < e.size(); i++) {
            boolean reject = 1 - e.probabilities()[i][0] >= point.threshold();
            good += e.truth()[i] == 0 ? 1 : 0;
            rejected += e.truth()[i] == 0 && reject ? 1 : 0;
            escaped += e.truth()[i] != 0 && !reject ? 1 : 0;
        }
        assertThat((double) escaped / (e.size() - good)).isCloseTo(point.escape(), EXACT);
        assertThat((double) rejected / good).isCloseTo(point.overkill(), EXACT);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05, 0.2, 0.5, 1})
    void leastOverkillAtFixedEscapes(double limit) {
        Evaluation e = evaluation();
        Ranking.OperatingPoint point = e.overkillAt(limit, 0);
        assertThat(point.escape()).isLessThanOrEqualTo(limit);
        // No threshold of a fine grid does better.
        double least = 1;
        for (int i = 0; i <= 10_000; i++) {
            Ranking.OperatingPoint other =
                    e.withDecision(new Decision(0, i / 10_000.0)).operatingPoint();
            if (other.escape() <= limit) {
                least = Math.min(least, other.overkill());
            }
        }
        assertThat(point.overkill()).isCloseTo(least, EXACT);
    }

    @Test
    void aThresholdDecidesBetweenGoodAndTheMostProbableDefect() {
        Decision decision = new Decision(1, 0.4);
        assertThat(decision.of(new float[] {0.1f, 0.61f, 0.29f})).isEqualTo(1);
        assertThat(decision.of(new float[] {0.1f, 0.59f, 0.31f})).isEqualTo(2);
        assertThat(new Decision(0, 0.4).of(new float[] {0.5f, 0.2f, 0.3f})).isEqualTo(2);
        assertThat(Decision.MOST_PROBABLE.of(new float[] {0.1f, 0.59f, 0.31f})).isEqualTo(1);
        Evaluation e = evaluation().withDecision(new Decision(0, 0.3));
        Ranking.OperatingPoint point = e.operatingPoint();
        Confusion c = e.confusion();
        assertThat(1 - c.recall(0)).isCloseTo(point.overkill(), EXACT);
        long passed = c.count(1, 0) + c.count(2, 0) + c.count(3, 0);
        assertThat((double) passed / (c.total() - c.support(0))).isCloseTo(point.escape(), EXACT);
    }

    @Test
    void binaryAreaIsThatOfTheSecondClass() {
        float[][] rows = new float[60][2];
        int[] truth = Reference.ints("metric.truth");
        Evaluation all = evaluation();
        for (int i = 0; i < 60; i++) {
            rows[i][0] = all.probabilities()[i][0];
            rows[i][1] = 1 - rows[i][0];
            truth[i] = Math.min(1, truth[i]);
        }
        assertThat(Ranking.rocAuc(rows, truth)).isCloseTo(Reference.number("metric.auc2"), EXACT);
    }

    @Test
    void classesWithoutSamplesAreLeftOut() {
        Confusion c = Confusion.of(List.of("a", "b", "c"), new int[] {0, 0, 1}, new int[] {0, 1, 1});
        assertThat(c.balancedAccuracy()).isCloseTo(0.75, EXACT);
        assertThat(c.macroF1()).isCloseTo(2.0 / 3, EXACT);
        assertThat(c.f1(2)).isZero();
        assertThat(Ranking.rocAuc(new double[] {1, 2}, new boolean[] {true, true}))
                .isNaN();
    }
}
