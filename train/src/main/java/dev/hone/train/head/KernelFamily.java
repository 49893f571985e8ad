package dev.hone.train.head;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Support vector machines by C and the kernel's gamma; classes are weighted by 1 / size in each machine. */
final class KernelFamily implements HeadFamily {
    private static final double[] GAMMAS = {0.1, 0.3, 1, 3};
    private static final double[] STRENGTHS = {3, 10, 100};
    /** The kernel of so many samples takes 36 MB. */
    private static final int MOST = 3000;

    @Override
    public List<String> settings() {
        List<String> settings = new ArrayList<>();
        for (double gamma : GAMMAS) {
            for (double c : STRENGTHS) {
                settings.add(String.format(Locale.ROOT, "C %.3g, gamma %.3g", c, gamma));
            }
        }
        return settings;
    }

    @Override
    public int mostSamples() {
        return MOST;
    }

    @Override
    public List<Head> fit(HeadSamples training, int[] settings, long seed) {
        List<Head> heads = new ArrayList<>();
        float[] distances = distances(training);
        float[] kernel = null;
        int of = -1;
        for (int setting : settings) {
            if (of != setting / STRENGTHS.length) {
                of = setting / STRENGTHS.length;
                kernel = kernel(distances, GAMMAS[of]);
            }
            heads.add(fit(training, kernel, GAMMAS[of], STRENGTHS[setting % STRENGTHS.length]));
        }
        return heads;
    }

    /** Squared distances of all pairs. */
    private static float[] distances(HeadSamples samples) {
        int n = samples.size();
        int width = samples.width();
        float[] distances = new float[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                float d = (float) KernelHead.distance(samples.values(), i * width, samples.values(), j * width, width);
                distances[i * n + j] = d;
                distances[j * n + i] = d;
            }
        }
        return distances;
    }

    private static float[] kernel(float[] distances, double gamma) {
        float[] kernel = new float[distances.length];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (float) Math.exp(-gamma * distances[i]);
        }
        return kernel;
    }

    static KernelHead fit(HeadSamples samples, float[] kernel, double gamma, double c) {
        int classes = samples.classes();
        double[][] all = new double[classes][];
        double[] bias = new double[classes];
        for (int k = 0; k < (classes == 2 ? 1 : classes); k++) {
            SupportVectors.Solution solution = machine(samples, kernel, k, c);
            all[k] = solution.coefficients();
            bias[k] = solution.bias();
        }
        if (classes == 2) {
            all[1] = LinearHead.divided(all[0], -1);
            bias[1] = -bias[0];
        }
        int[] support = IntStream.range(0, samples.size())
                .filter(i -> IntStream.range(0, classes).anyMatch(k -> all[k][i] != 0))
                .toArray();
        double[][] coefficients = new double[classes][support.length];
        for (int k = 0; k < classes; k++) {
            for (int i = 0; i < support.length; i++) {
                coefficients[k][i] = all[k][support[i]];
            }
        }
        return new KernelHead(samples.only(support).values(), gamma, coefficients, bias);
    }

    /** A class against the rest; one without samples is never predicted. */
    private static SupportVectors.Solution machine(HeadSamples samples, float[] kernel, int k, double c) {
        int n = samples.size();
        int own = samples.counts()[k];
        if (own == 0 || own == n) {
            return new SupportVectors.Solution(new double[n], own == 0 ? -1 : 1);
        }
        boolean[] positive = new boolean[n];
        double[] bounds = new double[n];
        for (int i = 0; i < n; i++) {
            positive[i] = samples.labels()[i] == k;
            bounds[i] = c * n / (2.0 * (positive[i] ? own : n - own));
        }
        return SupportVectors.solve(kernel, positive, bounds);
    }
}
