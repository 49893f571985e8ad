package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathSamplesTest {
    @Test
    void inEachStreamEveryBaselineAndEveryPartOfTheIntervalComesUpOnce() {
        PathSamples points = new LowDiscrepancySamples(3, 24, 8, 0);
        boolean[][] part = new boolean[3][8];
        boolean[][] baseline = new boolean[3][8];
        for (int row = 0; row < 24; row++) {
            assertThat(points.alpha(row)).isBetween(0f, Math.nextDown(1f));
            part[points.cell(row)][(int) (points.alpha(row) * 8)] = true;
            baseline[points.cell(row)][points.baseline(row)] = true;
            assertThat(points.weight(row)).isEqualTo(1);
        }
        for (int stream = 0; stream < 3; stream++) {
            assertThat(part[stream]).containsOnly(true);
            assertThat(baseline[stream]).containsOnly(true);
        }
    }

    @ParameterizedTest
    @CsvSource({"50,16", "51,16", "64,16", "7,3", "5,9", "33,1"})
    void everyBaselineCountsTheSame(int rows, int baselines) {
        PathSamples points = PathSamples.seeded(3, rows, baselines, 0);
        double[] weights = new double[baselines];
        for (int row = 0; row < rows; row++) {
            weights[points.baseline(row)] += points.weight(row);
        }
        double each = (double) rows / Math.min(rows, baselines);
        double[] used = Arrays.stream(weights).filter(w -> w > 0).toArray();
        assertThat(used).hasSize(Math.min(rows, baselines));
        for (double weight : used) {
            assertThat(weight).isCloseTo(each, within(1e-5));
        }
    }

    /** Grids and their mirror images: what is linear in alpha is exact in every cell, and every baseline has two cells. */
    @ParameterizedTest
    @CsvSource({"50,1", "400,1", "50,2", "64,16", "400,16"})
    void cellsOfPairsHaveTheirMeanAtAHalf(int rows, int baselines) {
        PathSamples points = PathSamples.seeded(3, rows, baselines, 0);
        Map<List<Integer>, List<Float>> cells = new HashMap<>();
        Map<Integer, Set<Integer>> ofBaseline = new HashMap<>();
        for (int row = 0; row < rows; row++) {
            cells.computeIfAbsent(List.of(points.stratum(row), points.cell(row)), k -> new ArrayList<>())
                    .add(points.alpha(row));
            ofBaseline
                    .computeIfAbsent(points.baseline(row), k -> new HashSet<>())
                    .add(points.cell(row));
            assertThat(points.alpha(row)).isBetween(0f, Math.nextDown(1f));
        }
        assertThat(ofBaseline.values()).hasSize(baselines).allMatch(some -> some.size() > 1);
        for (List<Float> alphas : cells.values()) {
            int k = alphas.size() / 2;
            assertThat(alphas.stream().mapToDouble(a -> a).average().orElseThrow())
                    .isCloseTo(0.5, within(1e-6));
            // Two in each k-th of the interval.
            assertThat(alphas.stream().map(a -> Math.min(k - 1, (int) (a * k))).distinct())
                    .hasSize(k);
        }
    }

    /** Also what is not linear: the mean over seeds of alpha^2 is that of a uniform one. */
    @ParameterizedTest
    @CsvSource({"50,16", "51,16", "50,1", "51,1"})
    void pairsAreUnbiased(int rows, int baselines) {
        double sum = 0;
        double squares = 0;
        for (int seed = 0; seed < 2000; seed++) {
            PathSamples points = PathSamples.seeded(seed, rows, baselines, 0);
            double mean = 0;
            for (int row = 0; row < rows; row++) {
                mean += points.weight(row) * points.alpha(row) * points.alpha(row) / rows;
            }
            sum += mean / 2000;
            squares += mean * mean / 2000;
        }
        assertThat(sum).isCloseTo(1 / 3.0, within(5 * Math.sqrt((squares - sum * sum) / 2000)));
    }

    @Test
    void aSingleRowIsDrawnUniformly() {
        double sum = 0;
        double squares = 0;
        for (int seed = 0; seed < 2000; seed++) {
            float alpha = PathSamples.seeded(seed, 1, 1, 0).alpha(0);
            sum += alpha;
            squares += alpha * alpha;
        }
        assertThat(sum / 2000).isCloseTo(1 / 2.0, within(0.03));
        assertThat(squares / 2000).isCloseTo(1 / 3.0, within(0.03));
    }

    @Test
    void noiseHasItsDeviationAndDiffersByRow() {
        PathSamples points = PathSamples.seeded(3, 2, 1, 0.5f);
        float[] first = new float[10000];
        float[] second = new float[10000];
        points.noise(0, FloatBuffer.wrap(first));
        points.noise(1, FloatBuffer.wrap(second));
        double squares = 0;
        double products = 0;
        for (int i = 0; i < first.length; i++) {
            squares += first[i] * first[i];
            products += first[i] * second[i];
        }
        assertThat(Math.sqrt(squares / first.length)).isCloseTo(0.5, within(0.02));
        assertThat(products / first.length).isCloseTo(0, within(0.02));
    }

    @Test
    void refusesNothingToDraw() {
        assertThatThrownBy(() -> PathSamples.seeded(1, 0, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
