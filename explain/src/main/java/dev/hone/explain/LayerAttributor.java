package dev.hone.explain;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.Passes;
import dev.hone.runtime.NativeTensor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A method applied at a value inside the model: the model is cut there, input and baselines go through the part in front,
 * and the part behind is explained. With input x gradient these are layer x gradient, with Integrated Gradients those of
 * the layer, as in Captum.
 */
final class LayerAttributor implements Attributor {
    private final SingleInputRunner front;
    private final Attributor behind;
    private final long[] inputDims;

    private LayerAttributor(SingleInputRunner front, Attributor behind, long[] inputDims) {
        this.front = front;
        this.behind = behind;
        this.inputDims = inputDims;
    }

    static LayerAttributor open(Method method, Model model, NativeTensor baselines, MethodOptions options) {
        long[] dims = GradientShap.checkedDims(baselines);
        dims[0] = 1;
        String layer = options.layer();
        Model prepared = AttributionGraph.prepare(
                model, options.common().logits(), dims, graph -> List.of(LayerLookup.named(graph, layer)));
        int batch = Math.max(1, AttributionGraph.fixedBatch(prepared));
        SingleInputRunner front = new SingleInputRunner(
                front(prepared, batch), batch, dims, options.common().session());
        try (NativeTensor there = through(front, baselines)) {
            return new LayerAttributor(
                    front, method.open(behind(prepared, layer), there, options.withLayer(null)), dims);
        } catch (RuntimeException e) {
            front.close();
            throw e;
        }
    }

    private static Model front(Model prepared, int batch) {
        Model model = AttributionGraph.copy(prepared, batch);
        model.graph().removeOutput(0);
        Passes.inference().run(model);
        return model;
    }

    private static Model behind(Model prepared, String layer) {
        Model model = prepared.copy();
        Graph graph = model.graph();
        Value input = graph.inputs().get(0);
        Value cut = graph.outputs().get(1);
        if (isAtOrBehind(cut, graph.outputs().get(0))) {
            throw new GraphException(
                    "layer '" + layer + "' lies at or behind the scores that are explained, those before"
                            + " a Softmax or Sigmoid at the end; name a layer in front of them");
        }
        graph.removeOutput(1);
        Value start = graph.addInput("layer", cut.type(), cut.shape());
        cut.replaceBy(start);
        Passes.named("remove-dead-code").run(model);
        if (start.uses().isEmpty()) {
            throw new GraphException("the score does not depend on layer '" + layer + "'; name one on the way to it");
        }
        if (!input.uses().isEmpty()) {
            throw new GraphException("the score depends on the input past layer '" + layer
                    + "' too; choose one that all paths go through, such as the end of a block");
        }
        graph.removeInput(input);
        ShapeInference.run(model);
        return model;
    }

    private static boolean isAtOrBehind(Value value, Value scores) {
        Set<Value> behind = new HashSet<>(Set.of(scores));
        Deque<Value> next = new ArrayDeque<>(behind);
        while (!next.isEmpty()) {
            for (Node reader : next.remove().readers()) {
                for (Value output : reader.outputs()) {
                    if (output != null && behind.add(output)) {
                        next.add(output);
                    }
                }
            }
        }
        return behind.contains(value);
    }

    /** [R,...] of the layer */
    private static NativeTensor through(SingleInputRunner front, NativeTensor inputs) {
        FiniteChecks.baselines(inputs);
        int rows = (int) inputs.dims()[0];
        float[] all = inputs.floats();
        int each = all.length / rows;
        long[] shape = front.shape(0);
        long[] dims = new long[shape.length + 1];
        dims[0] = rows;
        System.arraycopy(shape, 0, dims, 1, shape.length);
        NativeTensor outputs = NativeTensor.allocate(inputs.type(), dims);
        try {
            var to = outputs.buffer().asFloatBuffer();
            for (int r = 0; r < rows; r++) {
                to.put(layer(front, Arrays.copyOfRange(all, r * each, (r + 1) * each), "baseline " + r));
            }
            return outputs;
        } catch (RuntimeException e) {
            outputs.close();
            throw e;
        }
    }

    private static float[] layer(SingleInputRunner front, float[] input, String of) {
        float[] values = front.run(input, 0).get(0);
        FiniteChecks.values(values, "the layer at " + of);
        return values;
    }

    @Override
    public int classes() {
        return behind.classes();
    }

    @Override
    public long[] inputDims() {
        return inputDims.clone();
    }

    @Override
    public float[] scores(float[] input) {
        PerturbationRunner.check(inputDims, classes(), input, 0);
        return behind.scores(layer(front, input, "the input"));
    }

    @Override
    public Explanation explain(float[] input, int target, Groups groups) {
        return explain(input, List.of(target), groups).get(0);
    }

    @Override
    public Explanation explain(float[] input, int target) {
        return explain(input, List.of(target)).get(0);
    }

    @Override
    public List<Explanation> explain(float[] input, List<Integer> targets, Groups groups) {
        return behind.explain(checkedLayer(input, targets), targets, groups);
    }

    @Override
    public List<Explanation> explain(float[] input, List<Integer> targets) {
        return behind.explain(checkedLayer(input, targets), targets);
    }

    private float[] checkedLayer(float[] input, List<Integer> targets) {
        targets.forEach(target -> PerturbationRunner.check(inputDims, classes(), input, target));
        return layer(front, input, "the input");
    }

    @Override
    public void replaceBaselines(NativeTensor given) {
        try (NativeTensor there = through(front, given)) {
            behind.replaceBaselines(there);
        }
    }

    @Override
    public void close() {
        behind.close();
        front.close();
    }
}
