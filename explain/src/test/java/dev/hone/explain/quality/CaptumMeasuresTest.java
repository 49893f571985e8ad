package dev.hone.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.graph.Graph;
import dev.hone.graph.onnx.OnnxReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Against Captum's infidelity and sensitivity_max; {@code captum_measures.py} made the vectors. */
class CaptumMeasuresTest {
    private final Graph vectors;

    CaptumMeasuresTest() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("captum_measures.onnx")) {
            vectors = OnnxReader.readUnchanged(in.readAllBytes()).graph();
        }
    }

    private float[] vector(String name) {
        return vectors.find(name).constant().floats();
    }

    private float[][] rows(String name) {
        float[] flat = vector(name);
        int size = vector("x").length;
        float[][] rows = new float[flat.length / size][];
        for (int r = 0; r < rows.length; r++) {
            rows[r] = Arrays.copyOfRange(flat, r * size, (r + 1) * size);
        }
        return rows;
    }

    /** f(x) = b . tanh(A x) */
    private double score(float[] x) {
        float[] b = vector("b");
        double sum = 0;
        for (int h = 0; h < b.length; h++) {
            sum += b[h] * Math.tanh(activation(h, x));
        }
        return sum;
    }

    private double activation(int h, float[] x) {
        float[] a = vector("A");
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (double) a[h * x.length + i] * x[i];
        }
        return sum;
    }

    private float[] inputTimesGradient(float[] x) {
        float[] a = vector("A");
        float[] b = vector("b");
        float[] product = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            double slope = 0;
            for (int h = 0; h < b.length; h++) {
                slope += b[h] * (1 - Math.pow(Math.tanh(activation(h, x)), 2)) * a[h * x.length + i];
            }
            product[i] = (float) (x[i] * slope);
        }
        return product;
    }

    @Test
    void infidelityIsCaptums() {
        Infidelity found = Infidelity.of(this::score, vector("x"), vector("gradient"), rows("perturbations"));
        assertThat(found.raw() / vector("infidelity")[0]).isCloseTo(1, within(1e-3));
        assertThat(found.scaled() / vector("normalized")[0]).isCloseTo(1, within(1e-3));
    }

    @Test
    void sensitivityIsCaptums() {
        double found = MaxSensitivity.of(this::inputTimesGradient, vector("x"), rows("neighbours"));
        assertThat(found / vector("sensitivity")[0]).isCloseTo(1, within(1e-4));
    }
}
