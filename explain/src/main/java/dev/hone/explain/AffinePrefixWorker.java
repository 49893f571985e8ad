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
    private final GradientRunner.Stems stems;
    private final Session pullback;
    private final boolean times;
    private final NativeTensor noisyImage;
    private final NativeTensor noisyStem;
    private final NativeTensor baseline;
    private final NativeTensor baselineStem;
    private final NativeTensor alpha;
    private final NativeTensor weight;
    private final NativeTensor zero;
    private final NativeTensor attribution;

    /** @param times whether the pullback multiplies gradients by the difference of image and baseline */
    AffinePrefixWorker(GradientGraphs graphs, GradientRunner.Stems stems, Session pullback, boolean times) {
        super(graphs);
        this.stems = stems;
        this.pullback = pullback;
        this.times = times;
        long[] dims = stems.image().dims();
        long[] each = new long[stems.dims().length];
        Arrays.fill(each, 1);
        each[0] = chunk;
        this.noisyImage = floats(dims);
        this.noisyStem = floats(stems.dims());
        this.baseline = floats(dims);
        this.baselineStem = floats(stems.dims());
        this.alpha = floats(each);
        this.weight = floats(chunk, 1);
        this.zero = floats(stems.dims());
        this.attribution = floats(dims);
    }

    @Override
    float[][][] run(List<RowGroup> block, int[] targets, PathSamples draws, float[][] rowSums) {
        int[] rows = block.get(0).rows();
        int with = draws.baseline(rows[0]);
        baseline.buffer().asFloatBuffer().put(stems.baselines().values(with));
        NativeTensor kept = stems.kept(with);
        if (kept == null) {
            stems.compute(baseline, baselineStem);
        }
        if (draws.noisy()) {
            FloatBuffer plain = stems.image().buffer().asFloatBuffer();
            GradientRunner.addNoise(draws, rows[0], plain, noisyImage.buffer().asFloatBuffer());
            stems.compute(noisyImage, noisyStem);
        }
        Map<String, NativeTensor> feeds = new HashMap<>(Map.of(
                "image",
                draws.noisy() ? noisyStem : stems.imageStem(),
                "baseline",
                kept == null ? baselineStem : kept,
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
                alpha.buffer().asFloatBuffer().put(i, draws.alpha(rows[first + Math.min(i, count - 1)]));
                weight.buffer().asFloatBuffer().put(i, i < count ? draws.weight(rows[first + i]) : 0);
            }
            Map<String, NativeTensor> outputs = new HashMap<>();
            for (int k = 0; k < targets.length; k++) {
                outputs.put("next_sum_" + k, floats("sum " + k + " " + turn, stems.dims()));
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
            attributions[k][0] = backToImage(feeds.get("sum_" + k), draws.noisy());
        }
        return attributions;
    }

    private float[] backToImage(NativeTensor sum, boolean noisy) {
        pullback.run(
                times
                        ? Map.of("image", noisy ? noisyImage : stems.image(), "baseline", baseline, "gradient", sum)
                        : Map.of("gradient", sum),
                Map.of("attribution", attribution));
        return attribution.floats();
    }
}
