package dev.hone.explain;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.rewrite.Passes;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;
import java.util.List;

/**
 * Grad-CAM (Selvaraju et al. 2017) and Grad-CAM++ (Chattopadhay et al. 2018) at feature maps A [K,h,w] of an image
 * classifier, with g the gradient of the target's score by A:
 *
 * <pre>
 * map = relu(sum over k of weight_k A_k)
 * Grad-CAM     weight_k = mean of g_k
 * Grad-CAM++   weight_k = sum of alpha_k relu(g_k),   alpha_k = g_k^2 / (2 g_k^2 + (sum of A_k) g_k^3)
 * </pre>
 *
 * <p>enlarged to the image bilinearly, each pixel's value divided among its channels. The values are not in units of the
 * score and sum to nothing in particular.
 */
final class GradCam implements Attributor {
    private final SingleInputRunner run;
    private final long[] inputDims;
    private final int classes;
    private final boolean plusPlus;

    GradCam(Model model, NativeTensor baselines, MethodOptions options, boolean plusPlus) {
        this.plusPlus = plusPlus;
        this.inputDims = GradientShap.checkedDims(baselines);
        inputDims[0] = 1;
        if (inputDims.length != 4) {
            throw new GraphException("Grad-CAM is for images [N,C,H,W], the model's input is "
                    + AttributionGraph.describe(inputDims) + "; take another method");
        }
        boolean logits = options.common().logits();
        Model prepared = AttributionGraph.prepare(
                model,
                logits,
                inputDims,
                graph -> List.of(
                        options.layer() == null
                                ? LayerLookup.lastFeatureMaps(graph)
                                : LayerLookup.named(graph, options.layer())));
        Shape maps = prepared.graph().outputs().get(1).shape();
        if (maps.rank() != 4) {
            throw new GraphException("layer '" + options.layer() + "' is " + maps + ", Grad-CAM expects [N,C,H,W]");
        }
        this.classes = ExplainedOutput.of(prepared, logits).classes();
        int batch = Math.max(1, AttributionGraph.fixedBatch(prepared));
        this.run = new SingleInputRunner(
                differentiated(prepared, batch),
                batch,
                inputDims,
                options.common().session());
    }

    /** ExplainedOutput, feature maps and their gradient. */
    private static Model differentiated(Model prepared, int batch) {
        Model model = AttributionGraph.copy(prepared, batch);
        Graph graph = model.graph();
        Value scores = graph.outputs().get(0);
        Value maps = graph.outputs().get(1);
        Value target = graph.addInput("target", ElementType.INT64, Shape.of(1));
        Ops ops = new Ops(graph);
        Value chosen = ops.expandLike(AttributionGraph.chosen(ops, scores, target), scores);
        graph.addOutput(AttributionGraph.gradient(graph, scores, chosen, maps));
        Passes.inference().run(model);
        graph.uniqueNames();
        return model;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public long[] inputDims() {
        return inputDims.clone();
    }

    /** [h,w], before the relu */
    float[] map(float[] maps, float[] gradient) {
        long[] shape = run.shape(1);
        int channels = (int) shape[0];
        int plane = maps.length / channels;
        double[] map = new double[plane];
        for (int k = 0; k < channels; k++) {
            double weight = plusPlus ? pixelWeighted(maps, gradient, k, plane) : mean(gradient, k, plane);
            for (int i = 0; i < plane; i++) {
                map[i] += weight * maps[k * plane + i];
            }
        }
        float[] rounded = new float[plane];
        for (int i = 0; i < plane; i++) {
            rounded[i] = (float) map[i];
        }
        return rounded;
    }

    private static double mean(float[] values, int k, int plane) {
        double sum = 0;
        for (int i = k * plane; i < (k + 1) * plane; i++) {
            sum += values[i];
        }
        return sum / plane;
    }

    private static double pixelWeighted(float[] maps, float[] gradient, int k, int plane) {
        double sum = plane * mean(maps, k, plane);
        double weight = 0;
        for (int i = k * plane; i < (k + 1) * plane; i++) {
            double g = gradient[i];
            double below = 2 * g * g + sum * g * g * g;
            if (g > 0 && below != 0) {
                weight += g * g / below * g;
            }
        }
        return weight;
    }

    /** ExplainedOutput, feature maps [K,h,w] and their gradient. */
    List<float[]> layer(float[] input, int target) {
        return run.run(input, target);
    }

    @Override
    public float[] scores(float[] input) {
        PerturbationRunner.check(inputDims, classes, input, 0);
        return FiniteChecks.scores(run.run(input, 0).get(0), "the input");
    }

    @Override
    public Explanation explain(float[] input, int target, Groups groups) {
        groups.checked(input.length);
        return explain(input, target).grouped(groups);
    }

    @Override
    public Explanation explain(float[] input, int target) {
        long start = System.nanoTime();
        PerturbationRunner.check(inputDims, classes, input, target);
        List<float[]> outputs = layer(input, target);
        FiniteChecks.score(outputs.get(0)[target], target, "the input");
        float[] map = map(outputs.get(1), outputs.get(2));
        FiniteChecks.values(map, "the layer's map, of feature maps and their gradients,");
        for (int i = 0; i < map.length; i++) {
            map[i] = Math.max(0, map[i]);
        }
        long[] shape = run.shape(1);
        int height = (int) inputDims[2];
        int width = (int) inputDims[3];
        float[] pixels = Bilinear.resized(map, (int) shape[1], (int) shape[2], height, width);
        float[] attribution = new float[input.length];
        for (int i = 0; i < attribution.length; i++) {
            attribution[i] = pixels[i % pixels.length] / inputDims[1];
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long[] row = Arrays.copyOfRange(inputDims, 1, 4);
        boolean flat = true;
        for (float g : outputs.get(2)) {
            flat &= g == 0;
        }
        return Explanation.certain(attribution, row, target, outputs.get(0)[target], Float.NaN, 1, seconds)
                .noted(flat ? Explanation.NO_GRADIENT : "nothing in the layer's feature maps speaks for the class");
    }

    @Override
    public void replaceBaselines(NativeTensor given) {
        // It compares with nothing.
    }

    @Override
    public void close() {
        run.close();
    }
}
