package dev.hone.explain;

import dev.hone.autodiff.Backward;
import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.BatchMixing;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.InlineFunctions;
import dev.hone.graph.rewrite.Passes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * Writes GradientSHAP of a classifier as ONNX graphs. The model is cut at the end of its {@link AffinePrefix} P:
 *
 * <pre>
 * prefix      x [1,...]                                                  ->  s = P(x) [1,F]
 * rows        image s(z) [1,F], baseline s(b) [1,F], alpha [B,1], weight [B,1]
 *             and for each class k that is explained: target_k [1] int64, sum_k [1,F]
 *             p = s(b) + alpha (s(z) - s(b)),   g_k = weight * d f_target_k(p) / dp
 *                                                                          ->  next_sum_k = sum_k + sum over rows of g_k
 *                                                                              row_sums_k [B] = sum over F of (s(z) - s(b)) g_k
 * pullback    image z, baseline b [1,...], gradient [1,F]                ->  attribution = (z - b) * P'(gradient)
 * </pre>
 *
 * <p>with F standing for any number of axes. Or it is not cut, and each row has its own image, baseline and attribution:
 *
 * <pre>
 * whole rows  image z [B,F], baseline b [B,F], alpha, weight, target_k   ->  attribution_k [B,F] = (z - b) g_k,   row_sums_k
 * </pre>
 *
 * <p>A row of weight 0 counts for nothing, so that the last chunk can be filled up. Methods that want gradients alone leave
 * out the factor (z - b) of attributions. The classes share the way forward. All sizes but the number of classes are
 * numbers: the gradients then take their fastest forms.
 */
final class AttributionGraph {
    private AttributionGraph() {}

    /**
     * A copy of the model as it is at inference: batch norms folded, the image's size put in, one output, the scores
     * [N,classes]. A model whose rows change each other takes one row at a time.
     *
     * @throws GraphException if the model has another form, or is random on the way to the scores
     */
    static Model prepare(Model model, boolean logits, long[] size) {
        return prepare(model, logits, size, graph -> List.of());
    }

    /** @param kept finds values that become outputs too, after the scores */
    static Model prepare(Model model, boolean logits, long[] size, Function<Graph, List<Value>> kept) {
        Model copy = model.copy();
        Graph graph = copy.graph();
        InlineFunctions.run(copy);
        ShapeInference.run(copy);
        bind(graph, ExplainedOutput.of(copy, logits).input(), size);
        int before = graph.outputs().size();
        kept.apply(graph).forEach(graph::addOutput);
        Passes.inference().run(copy);
        ExplainedOutput scores = ExplainedOutput.of(copy, logits);
        List<Value> others =
                List.copyOf(graph.outputs().subList(before, graph.outputs().size()));
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(0);
        }
        graph.addOutput(scores.byClass(graph));
        others.forEach(graph::addOutput);
        Passes.inference().run(copy);
        RandomOperators.refuse(graph);
        Dim rows = graph.inputs().get(0).shape().dim(0);
        if (!rows.isConstant() && BatchMixing.isIn(copy)) {
            ShapeInference.bind(graph, Map.of(rows.toString(), Dim.ONE));
        }
        return copy;
    }

    /** Checks a row's size against the model's input and puts it in for symbols. */
    private static void bind(Graph graph, Value input, long[] size) {
        Map<String, Dim> symbols = new HashMap<>();
        if (input.shape().rank() != size.length) {
            throw new GraphException("the baselines are " + describe(size) + ", the model's input is " + input.shape());
        }
        for (int axis = 1; axis < size.length; axis++) {
            Dim dim = input.shape().dim(axis);
            if (!dim.isConstant()) {
                symbols.put(dim.toString(), Dim.of(size[axis]));
            } else if (dim.constant() != size[axis]) {
                throw new GraphException("the baselines are " + describe(size) + ", the model's input is "
                        + input.shape() + "; resize them as the model's images are");
            }
        }
        ShapeInference.bind(graph, symbols);
    }

    /** {@code 3 x 224 x 224} of [N,3,224,224] */
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

    /** P, from the model's input to the value {@code prefix}; null where no part of the model is affine. */
    static Model prefix(Model prepared) {
        Model model = copy(prepared, 1);
        Graph graph = model.graph();
        Value end = end(prepared, model);
        if (end.isInput()) {
            return null;
        }
        graph.setOutput(0, end);
        end.setName("prefix");
        Passes.inference().run(model);
        return model;
    }

    /**
     * @param prepared what {@link #prepare} gave; stays as it is
     * @param times whether the gradient is multiplied by (z - b)
     */
    static Model pullback(Model prepared, boolean times) {
        Model model = copy(prepared, 1);
        Graph graph = model.graph();
        Value input = graph.inputs().get(0);
        Value end = end(prepared, model);
        Shape one = input.shape().with(0, Dim.ONE);
        Value gradient =
                graph.addInput("gradient", ElementType.FLOAT, end.shape().with(0, Dim.ONE));
        Value back = gradient(graph, end, gradient, input);
        Value attribution = back;
        if (times) {
            Value image = graph.addInput("image", ElementType.FLOAT, one);
            Value baseline = graph.addInput("baseline", ElementType.FLOAT, one);
            Ops ops = new Ops(graph);
            attribution = ops.mul(ops.sub(image, baseline), back);
        }
        graph.setOutput(0, attribution);
        attribution.setName("attribution");
        Passes.inference().run(model);
        graph.removeInput(input);
        graph.uniqueNames();
        return model;
    }

    /**
     * @param prepared what {@link #prepare} gave; stays as it is
     * @param rows B
     * @param targets number of classes that are explained at once
     * @throws GraphException naming the node, if an operator has no gradient
     */
    static Model rows(Model prepared, int rows, int targets) {
        Model model = copy(prepared, rows);
        Value end = end(prepared, model);
        Shape one = end.shape().with(0, Dim.ONE);
        return explained(model, points(model, end, one), targets, (ops, k, gradient, attribution) -> {
            Value sum = model.graph().addInput("sum_" + k, ElementType.FLOAT, one);
            Value next = ops.add(sum, rows == 1 ? gradient : ops.reduceSum(gradient, true, 0));
            next.setName("next_sum_" + k);
            return next;
        });
    }

    /**
     * The same without a cut.
     *
     * @param times whether gradients are multiplied by (z - b)
     */
    static Model wholeRows(Model prepared, int rows, int targets, boolean times) {
        Model model = copy(prepared, rows);
        Value input = model.graph().inputs().get(0);
        return explained(model, points(model, input, input.shape()), targets, (ops, k, gradient, attribution) -> {
            Value output = times ? attribution : gradient;
            output.setName("attribution_" + k);
            return output;
        });
    }

    /**
     * @param point b + alpha (z - b)
     * @param difference z - b
     */
    private record Points(Value point, Value difference) {}

    /** Puts points between baseline and image in the place of a value. @param given the shape of image and baseline */
    private static Points points(Model model, Value of, Shape given) {
        Graph graph = model.graph();
        Value input = graph.inputs().get(0);
        Shape chunk = of.shape();
        long[] each = new long[chunk.rank()];
        Arrays.fill(each, 1);
        each[0] = chunk.size(0);
        Value image = graph.addInput("image", ElementType.FLOAT, given);
        Value baseline = graph.addInput("baseline", ElementType.FLOAT, given);
        Value alpha = graph.addInput("alpha", ElementType.FLOAT, Shape.of(each));
        Ops ops = new Ops(graph);
        Value difference = ops.sub(image, baseline);
        Value point = ops.add(baseline, ops.mul(alpha, difference));
        point.setShape(chunk);
        of.replaceBy(point);
        Passes.named("remove-dead-code").run(model);
        graph.removeInput(input);
        ShapeInference.run(graph);
        return new Points(point, difference);
    }

    /** What goes out for a class. */
    private interface Outlet {
        Value of(Ops ops, int k, Value gradient, Value attribution);
    }

    private static Model explained(Model model, Points points, int targets, Outlet outlet) {
        Graph graph = model.graph();
        Value scores = graph.outputs().get(0);
        Shape chunk = points.point().shape();
        Ops ops = new Ops(graph);
        Value weight = graph.addInput("weight", ElementType.FLOAT, Shape.of(chunk.size(0), 1));
        long[] axes = LongStream.range(1, chunk.rank()).toArray();
        graph.removeOutput(0);
        for (int k = 0; k < targets; k++) {
            Value target = graph.addInput("target_" + k, ElementType.INT64, Shape.of(1));
            Value direction = ops.mul(weight, chosen(ops, scores, target));
            Value gradient = gradient(graph, scores, direction, points.point());
            Value attribution = ops.mul(points.difference(), gradient);
            graph.addOutput(outlet.of(ops, k, gradient, attribution));
            Value rowSums = ops.reduceSum(attribution, false, axes);
            rowSums.setName("row_sums_" + k);
            graph.addOutput(rowSums);
        }
        Passes.inference().run(model);
        graph.uniqueNames();
        return model;
    }

    /** [1,classes], 1 at the target */
    static Value chosen(Ops ops, Value scores, Value target) {
        long classes = scores.shape().size(1);
        Value all = ops.constant(Tensor.ofLongs(LongStream.range(0, classes).toArray(), 1, classes));
        return ops.cast(ops.op("Equal", all, target), ElementType.FLOAT);
    }

    /** @throws GraphException naming the node, if an operator on the way has no gradient, and the methods that need none */
    static Value gradient(Graph graph, Value of, Value direction, Value wrt) {
        try {
            return Backward.gradients(graph, Map.of(of, direction), List.of(wrt))
                    .get(wrt);
        } catch (HoneException e) {
            throw new GraphException(e.getMessage() + "; methods that need no gradients: " + Method.withoutGradient());
        }
    }

    /** A copy for so many rows, where the batch is not fixed. */
    static Model copy(Model prepared, int rows) {
        Model model = prepared.copy();
        Dim batch = model.graph().inputs().get(0).shape().dim(0);
        ShapeInference.bind(model.graph(), batch.isConstant() ? Map.of() : Map.of(batch.toString(), Dim.of(rows)));
        return model;
    }

    /** The end of the affine part, in a copy. Where the batch is fixed, that part cannot be run for one image alone. */
    private static Value end(Model prepared, Model copy) {
        Value input = copy.graph().inputs().get(0);
        return fixedBatch(prepared) > 1 ? input : AffinePrefix.end(input);
    }
}
