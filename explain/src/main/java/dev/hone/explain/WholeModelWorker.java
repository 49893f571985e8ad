package dev.hone.explain;

import dev.hone.runtime.NativeTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Each row with its own image and baseline: for models of little work, and for those that cannot be cut. */
final class WholeModelWorker extends GradientWorker {
    private final NativeTensor image;
    private final GradientRunner.Baselines baselines;
    private final long[] dims;
    private final NativeTensor images;
    private final NativeTensor compared;
    private final NativeTensor alpha;
    private final NativeTensor weight;

    WholeModelWorker(GradientGraphs graphs, NativeTensor image, GradientRunner.Baselines baselines) {
        super(graphs);
        this.image = image;
        this.baselines = baselines;
        this.dims = image.dims();
        long[] each = new long[dims.length];
        Arrays.fill(each, 1);
        each[0] = chunk;
        dims[0] = chunk;
        this.images = floats(dims);
        this.compared = floats(dims);
        this.alpha = floats(each);
        this.weight = floats(chunk, 1);
    }

    @Override
    float[][][] run(List<SampleGroup> block, int[] targets, PathSamples points, float[][] rowSums) {
        FloatBuffer plain = image.buffer().asFloatBuffer();
        int elements = plain.remaining();
        for (int i = 0; i < chunk; i++) {
            // What fills up the chunk repeats the last row and is not read: a model may not like rows of zeros.
            int row = block.get(Math.min(i, block.size() - 1)).rows()[0];
            FloatBuffer to = images.buffer().asFloatBuffer().slice(i * elements, elements);
            if (points.noisy()) {
                GradientRunner.addNoise(points, row, plain, to);
            } else {
                to.put(plain.duplicate());
            }
            compared.buffer().asFloatBuffer().slice(i * elements, elements).put(baselines.values(points.baseline(row)));
            alpha.buffer().asFloatBuffer().put(i, points.alpha(row));
            weight.buffer().asFloatBuffer().put(i, points.weight(row));
        }
        Map<String, NativeTensor> feeds =
                new HashMap<>(Map.of("image", images, "baseline", compared, "alpha", alpha, "weight", weight));
        Map<String, NativeTensor> outputs = new HashMap<>();
        for (int k = 0; k < targets.length; k++) {
            feeds.put("target_" + k, target(k, targets[k]));
            outputs.put("attribution_" + k, floats("attribution " + k, dims));
            outputs.put("row_sums_" + k, floats("row sums " + k, chunk));
        }
        graphs.of(targets.length).run(feeds, outputs);
        float[][][] attributions = new float[targets.length][block.size()][elements];
        for (int k = 0; k < targets.length; k++) {
            FloatBuffer found = outputs.get("attribution_" + k).buffer().asFloatBuffer();
            FloatBuffer sums = outputs.get("row_sums_" + k).buffer().asFloatBuffer();
            for (int i = 0; i < block.size(); i++) {
                found.get(i * elements, attributions[k][i]);
                rowSums[k][block.get(i).rows()[0]] = sums.get(i);
            }
        }
        return attributions;
    }
}
