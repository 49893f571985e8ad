package dev.hone.explain;

import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows of one image and one baseline, behind the model's affine part, which their sum is taken back through. The graph of
 * rows adds to sums, which two tensors hold in turn.
 */
final class AffinePrefixWorker extends GradientWorker {
    private final GradientRunner.PrefixValues prefixValues;
    private final Session pullback;
    private final boolean times;
    private final NativeTensor noisyImage;
    private final NativeTensor noisyPrefix;
    private final NativeTensor baseline;
    private final NativeTensor baselinePrefix;
    private final NativeTensor alpha;
    private final NativeTensor weight;
    private final NativeTensor zero;
    private final NativeTensor attribution;

    /** @param times whether the pullback multiplies gradients by the difference of image and baseline */
    AffinePrefixWorker(
            GradientGraphs graphs, GradientRunner.PrefixValues prefixValues, Session pullback, boolean times) {
        super(graphs);
        this.prefixValues = prefixValues;
        this.pullback = pullback;
        this.times = times;
        long[] dims = prefixValues.image().dims();
        long[] each = new long[prefixValues.dims().length];
        Arrays.fill(each, 1);
        each[0] = chunk;
        this.noisyImage = floats(dims);
        this.noisyPrefix = floats(prefixValues.dims());
        this.baseline = floats(dims);
        this.baselinePrefix = floats(prefixValues.dims());
        this.alpha = floats(each);
        this.weight = floats(chunk, 1);
        this.zero = floats(prefixValues.dims());
        this.attribution = floats(dims);
    }

    @Override
    float[][][] run(List<SampleGroup> block, int[] targets, PathSamples points, float[][] rowSums) {
        int[] rows = block.get(0).rows();
        int with = points.baseline(rows[0]);
        baseline.buffer().asFloatBuffer().put(prefixValues.baselines().values(with));
        NativeTensor kept = prefixValues.kept(with);
        if (kept == null) {
            prefixValues.compute(baseline, baselinePrefix);
        }
        if (points.noisy()) {
            FloatBuffer plain = prefixValues.image().buffer().asFloatBuffer();
            GradientRunner.addNoise(points, rows[0], plain, noisyImage.buffer().asFloatBuffer());
            prefixValues.compute(noisyImage, noisyPrefix);
        }
        Map<String, NativeTensor> feeds = new HashMap<>(Map.of(
                "image",
                points.noisy() ? noisyPrefix : prefixValues.imagePrefix(),
                "baseline",
                kept == null ? baselinePrefix : kept,
                "alpha",
                alpha,
                "weight",
                weight));
        for (int k = 0; k < targets.length; k++) {
            feeds.put("target_" + k, target(k, targets[k]));
            feeds.put("sum_" + k, zero);
        }
        for (int first = 0, turn = 0; first < rows.length; first += chunk, turn = 1 - turn) {
            int count = Math.min(chunk, rows.length - first);
            for (int i = 0; i < chunk; i++) {
                alpha.buffer().asFloatBuffer().put(i, points.alpha(rows[first + Math.min(i, count - 1)]));
                weight.buffer().asFloatBuffer().put(i, i < count ? points.weight(rows[first + i]) : 0);
            }
            Map<String, NativeTensor> outputs = new HashMap<>();
            for (int k = 0; k < targets.length; k++) {
                outputs.put("next_sum_" + k, floats("sum " + k + " " + turn, prefixValues.dims()));
                outputs.put("row_sums_" + k, floats("row sums " + k, chunk));
            }
            graphs.of(targets.length).run(feeds, outputs);
            for (int k = 0; k < targets.length; k++) {
                feeds.put("sum_" + k, outputs.get("next_sum_" + k));
                FloatBuffer sums = outputs.get("row_sums_" + k).buffer().asFloatBuffer();
                for (int i = 0; i < count; i++) {
                    rowSums[k][rows[first + i]] = sums.get(i);
                }
            }
        }
        float[][][] attributions = new float[targets.length][1][];
        for (int k = 0; k < targets.length; k++) {
            attributions[k][0] = backToImage(feeds.get("sum_" + k), points.noisy());
        }
        return attributions;
    }

    private float[] backToImage(NativeTensor sum, boolean noisy) {
        pullback.run(
                times
                        ? Map.of(
                                "image",
                                noisy ? noisyImage : prefixValues.image(),
                                "baseline",
                                baseline,
                                "gradient",
                                sum)
                        : Map.of("gradient", sum),
                Map.of("attribution", attribution));
        return attribution.floats();
    }
}
