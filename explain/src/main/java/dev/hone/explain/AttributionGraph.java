package dev.hone.explain;

import dev.hone.autodiff.Backward;
import dev.hone.graph.Dim;
import dev.hone.graph.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.Passes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Writes GradientSHAP of a classifier as one ONNX graph over a chunk of B rows.
 *
 * <pre>
 * inputs   image [1,C,H,W], baselines [R,C,H,W], index [B] int64, alpha [B,1,1,1], weight [B,1], target [1] int64,
 *          sum [1,C,H,W], and with noise: noise [B,C,H,W]
 * z = image + noise            b = baselines[index]            d = z - b            p = b + alpha d
 * g = weight * d f_target(p) / dp
 * outputs  next_sum = sum + sum over rows of d g               row_sums [B] = sum over C,H,W of d g
 * </pre>
 *
 * <p>A row of weight 0 counts for nothing, so that the last chunk can be filled up. B, H and W are numbers: the gradients
 * then take their fastest forms.
 */
final class AttributionGraph {
    private AttributionGraph() {}

    /** A copy of the model as it is at inference: batch norms folded, the image's size put in, one output, the scores. */
    static Model prepare(Model model, boolean logits, long[] size) {
        Model copy = OnnxReader.read(OnnxWriter.toBytes(model));
        Graph graph = copy.graph();
        ShapeInference.run(copy);
        bind(graph, Scores.of(copy, logits).image(), size);
        Passes.inference().run(copy);
        Scores scores = Scores.of(copy, logits);
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(0);
        }
        graph.addOutput(scores.scores());
        Passes.inference().run(copy);
        return copy;
    }

    /** Checks the image's size against the model's input and puts it in for symbols. */
    private static void bind(Graph graph, Value image, long[] size) {
        Map<String, Dim> symbols = new HashMap<>();
        for (int axis = 1; axis < 4; axis++) {
            Dim dim = image.shape().dim(axis);
            if (!dim.isConstant()) {
                symbols.put(dim.toString(), Dim.of(size[axis]));
            } else if (dim.constant() != size[axis]) {
                throw new GraphException("the baselines are " + describe(size) + ", the model's input is "
                        + image.shape() + "; resize them as the model's images are");
            }
        }
        ShapeInference.bind(graph, symbols);
    }

    /** {@code 3 x 224 x 224} of [N,C,H,W] */
    static String describe(long[] dims) {
        return LongStream.of(dims)
                .skip(1)
                .mapToObj(Long::toString)
                .reduce((a, b) -> a + " x " + b)
                .orElse("empty");
    }

    /** How many rows a model takes at once if that is fixed, else 0. */
    static int fixedBatch(Model prepared) {
        Dim batch = prepared.graph().inputs().get(0).shape().dim(0);
        return batch.isConstant() ? Math.toIntExact(batch.constant()) : 0;
    }

    /**
     * @param prepared what {@link #prepare} gave; stays as it is
     * @param rows B
     * @throws GraphException naming the node, if an operator has no gradient
     */
    static Model build(Model prepared, int rows, boolean noisy) {
        Model model = OnnxReader.read(OnnxWriter.toBytes(prepared));
        Graph graph = model.graph();
        Value input = graph.inputs().get(0);
        Dim batch = input.shape().dim(0);
        ShapeInference.bind(graph, batch.isConstant() ? Map.of() : Map.of(batch.toString(), Dim.of(rows)));
        Value scores = graph.outputs().get(0);
        Shape one = input.shape().with(0, Dim.ONE);
        Shape chunk = input.shape();

        Value image = graph.addInput("image", ElementType.FLOAT, one);
        Value baselines = graph.addInput("baselines", ElementType.FLOAT, one.with(0, Dim.symbol("R")));
        Value index = graph.addInput("index", ElementType.INT64, Shape.of(rows));
        Value alpha = graph.addInput("alpha", ElementType.FLOAT, Shape.of(rows, 1, 1, 1));
        Value weight = graph.addInput("weight", ElementType.FLOAT, Shape.of(rows, 1));
        Value target = graph.addInput("target", ElementType.INT64, Shape.of(1));
        Value sum = graph.addInput("sum", ElementType.FLOAT, one);

        Ops ops = new Ops(graph);
        Value z = noisy ? ops.add(image, graph.addInput("noise", ElementType.FLOAT, chunk)) : image;
        Value baseline = ops.op("Gather", Map.of("axis", 0), baselines, index);
        Value difference = ops.sub(z, baseline);
        Value point = ops.add(baseline, ops.mul(alpha, difference));
        point.setShape(chunk);
        input.replaceBy(point);
        graph.removeInput(input);
        ShapeInference.run(graph);

        long classes = scores.shape().size(1);
        Value all = ops.constant(Tensor.ofLongs(LongStream.range(0, classes).toArray(), 1, classes));
        Value chosen = ops.cast(ops.op("Equal", all, target), ElementType.FLOAT);
        Value direction = ops.mul(weight, chosen);
        Value gradient = Backward.gradients(graph, Map.of(scores, direction), List.of(point))
                .get(point);
        Value attribution = ops.mul(difference, gradient);
        Value next = ops.add(sum, ops.reduceSum(attribution, true, 0));
        Value rowSums = ops.reduceSum(attribution, false, 1, 2, 3);

        graph.removeOutput(0);
        next.setName("next_sum");
        rowSums.setName("row_sums");
        graph.addOutput(next);
        graph.addOutput(rowSums);
        Passes.inference().run(model);
        graph.uniqueNames();
        return model;
    }
}
