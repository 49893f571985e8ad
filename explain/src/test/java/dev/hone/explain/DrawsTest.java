package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class DrawsTest {
    @Test
    void everyPartOfTheIntervalAndEveryBaselineComesUpEquallyOften() {
        Draws draws = Draws.seeded(3, 40, 8, 0);
        boolean[] part = new boolean[40];
        int[] baseline = new int[8];
        for (int row = 0; row < 40; row++) {
            assertThat(draws.alpha(row)).isBetween(0f, Math.nextDown(1f));
            part[(int) (draws.alpha(row) * 40)] = true;
            baseline[draws.baseline(row)]++;
        }
        assertThat(part).containsOnly(true);
        assertThat(baseline).containsOnly(5);
    }

    @Test
    void aSingleRowIsDrawnUniformly() {
        double sum = 0;
        double squares = 0;
        for (int seed = 0; seed < 2000; seed++) {
            float alpha = Draws.seeded(seed, 1, 1, 0).alpha(0);
            sum += alpha;
            squares += alpha * alpha;
        }
        assertThat(sum / 2000).isCloseTo(1 / 2.0, within(0.03));
        assertThat(squares / 2000).isCloseTo(1 / 3.0, within(0.03));
    }

    @Test
    void noiseHasItsDeviationAndDiffersByRow() {
        Draws draws = Draws.seeded(3, 2, 1, 0.5f);
        float[] first = new float[10000];
        float[] second = new float[10000];
        draws.noise(0, FloatBuffer.wrap(first));
        draws.noise(1, FloatBuffer.wrap(second));
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
        assertThatThrownBy(() -> Draws.seeded(1, 0, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
