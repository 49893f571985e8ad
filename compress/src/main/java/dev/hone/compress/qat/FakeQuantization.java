package dev.hone.compress.qat;

import dev.hone.compress.quantize.Origin;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.rewrite.Passes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A quantized model whose weights and steps can be learned, and the way back to integers.
 *
 * <p>Every value that is rounded becomes {@code y = s * round(clip(x / s))}. The round is a QuantizeLinear and a
 * DequantizeLinear of step 1, whose gradient is 1 inside the range of the integers and 0 outside; the division and the
 * product are ordinary operators. So the gradient of y by s is {@code round(x/s) - x/s} inside the range and the bound
 * that x saturates to outside: learned step size quantization (Esser et al. 2020). What is learned is the logarithm t of
 * the step, {@code s = s0 exp(}{@value #PACE}{@code t)}, so that steps stay positive and learn alike however small they
 * are (Jain et al. 2020, Trained Quantization Thresholds). Zero points stay. A step in front of which a Clip stands never
 * grows so far that a byte would mean more than the Clip's bound, because the runtime could not drop the Clip then.
 */
final class FakeQuantization {
    /** Adam moves all parameters by about the same; so a step changes by as large a share of it as a weight of 0.1. */
    private static final float PACE = 10;

    private static final int LEVELS = 255;

    /** The sum of products has 32 bits; its bias is left half of them. */
    private static final double LARGEST_BIAS = 1 << 30;

    private final Model model;
    private final Graph graph;
    private final Ops ops;
    private final boolean reduceRange;
    private final List<Value> learned = new ArrayList<>();
    private final List<Layer> layers = new ArrayList<>();
    private final List<Pair> pairs = new ArrayList<>();
    private final Map<Value, Value> steps = new LinkedHashMap<>();
    private final Map<Value, Step> starts = new LinkedHashMap<>();
    private final Set<Node> done = new LinkedHashSet<>();

    /**
     * A layer with weights.
     *
     * @param output of its node
     * @param logSteps one per output channel
     * @param bias null if there is none
     * @param start steps at the start
     * @param axis of the weights that counts output channels
     */
    private record Layer(Value output, Value weights, Value logSteps, Value bias, float[] start, int axis) {}

    /**
     * A value that is rounded: {@code x / down -> quantized -> dequantized -> multiplied}.
     *
     * @param down the step, as the model had it
     * @param up what the bytes are multiplied with: the same, but for a gate
     */
    private record Pair(Value quantized, Value dequantized, Value multiplied, Value down, Value up) {}

    /**
     * A step of activations.
     *
     * @param logStep what is learned, or null if it is fixed
     */
    private record Step(float start, float bound, Value logStep) {}

    private FakeQuantization(Model model, boolean reduceRange) {
        this.model = model;
        this.graph = model.graph();
        this.ops = new Ops(graph);
        this.reduceRange = reduceRange;
    }

    /** @param start in QDQ form; it is left as it is */
    static FakeQuantization of(QuantizationResult start) {
        Map<String, Origin.Floats> floats = new LinkedHashMap<>();
        start.origin().floats().forEach((node, f) -> floats.put(node.output().name(), f));
        FakeQuantization fake = new FakeQuantization(
                start.model().copy(), start.origin().options().reduceRange());
        fake.open(floats);
        return fake;
    }

    /** The model in FP32 operators: the same numbers as the integers compute, up to the rounding of biases. */
    Model model() {
        return model;
    }

    /**
     * Names of the initializers to learn that no layer reads as its weights: of each layer the logarithms of its steps and
     * its weights, then the logarithms of the activations' steps.
     */
    Set<String> learned() {
        return learned.stream().map(Value::name).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    // ---- to float operators

    private void open(Map<String, Origin.Floats> floats) {
        for (Map.Entry<String, Origin.Floats> entry : floats.entrySet()) {
            openWeights(graph.find(entry.getKey()).producer(), entry.getValue());
        }
        List<Node> quantizing = graph.nodes().stream()
                .filter(n -> n.is("QuantizeLinear") && !done.contains(n))
                .toList();
        chooseSteps(quantizing);
        quantizing.forEach(this::openPair);
        graph.sort();
        graph.uniqueNames();
    }

    private void openWeights(Node node, Origin.Floats floats) {
        Node old = node.input(1).producer();
        float[] start = old.input(1).constant().floats();
        int axis = (int) old.intAttribute("axis", 1);
        long[] shape = new long[floats.weights().rank()];
        Arrays.fill(shape, 1);
        shape[axis] = start.length;
        Value logSteps = learn(Tensor.filled(ElementType.FLOAT, 0, start.length));
        Value step = step(logSteps, Tensor.ofFloats(start, shape));
        Value weights = learn(floats.weights());
        Value scaled = ops.div(weights, step);
        if (reduceRange) {
            scaled = ops.op("Clip", scaled, ops.constant(-64f), ops.constant(63f));
        }
        node.setInput(1, ops.mul(round(scaled), step));
        // The step of a bias is so small that rounding it does not matter.
        Value bias = floats.bias() == null ? null : learn(floats.bias());
        if (bias != null) {
            node.setInput(2, bias);
        }
        layers.add(new Layer(node.output(), weights, logSteps, bias, start, axis));
    }

    private Value round(Value scaled) {
        Value zero = ops.constant(Tensor.ofBytes(ElementType.INT8, new byte[1]));
        Value quantized = ops.op("QuantizeLinear", scaled, ops.constant(1f), zero);
        done.add(quantized.producer());
        return ops.op("DequantizeLinear", quantized, ops.constant(1f), zero).setType(ElementType.FLOAT);
    }

    private Value learn(Tensor tensor) {
        Value value = ops.constant(tensor);
        learned.add(value);
        return value;
    }

    /** {@code start * exp(t * PACE)} of the start's shape. */
    private Value step(Value logStep, Tensor start) {
        Value t = ops.reshape(logStep, start.dims());
        return ops.mul(ops.op("Exp", ops.mul(t, PACE)), ops.constant(start));
    }

    /** One step for all pairs that share it, bounded by the lowest Clip in front of one; fixed where a gate stands on it. */
    private void chooseSteps(List<Node> quantizing) {
        Set<Value> fixed = new LinkedHashSet<>();
        Map<Value, Float> bounds = new LinkedHashMap<>();
        for (Node node : quantizing) {
            Value down = node.input(1);
            bounds.merge(down, bound(node.input(0)), Math::min);
            for (Use use : node.output().uses()) {
                Value up = use.node().input(1);
                bounds.merge(up, Float.POSITIVE_INFINITY, Math::min);
                if (up != down) {
                    fixed.add(up);
                    fixed.add(down);
                }
            }
        }
        bounds.forEach((old, bound) -> {
            float now = old.constant().scalarFloat();
            if (fixed.contains(old)) {
                starts.put(old, new Step(now, Float.POSITIVE_INFINITY, null));
                steps.put(old, ops.constant(now));
                return;
            }
            // Below the bound, so that the first gradient is not that of the bound.
            float start = Math.min(now, bound * (1 - 1e-6f));
            Value logStep = learn(Tensor.scalar(0f));
            Value step = step(logStep, Tensor.scalar(start));
            starts.put(old, new Step(start, bound, logStep));
            steps.put(old, bound == Float.POSITIVE_INFINITY ? step : ops.op("Min", step, ops.constant(bound)));
        });
    }

    /** The largest step whose bytes mean no more than the Clip that makes a value allows. */
    private static float bound(Value value) {
        Node clip = value.producer();
        if (clip == null || !clip.is("Clip") || clip.input(2) == null) {
            return Float.POSITIVE_INFINITY;
        }
        float ceiling = clip.input(2).constant().scalarFloat();
        float step = ceiling / LEVELS;
        while (LEVELS * step > ceiling) {
            step = Math.nextDown(step);
        }
        return step;
    }

    private void openPair(Node quantize) {
        Value down = quantize.input(1);
        Value scaled = ops.div(quantize.input(0), steps.get(down));
        quantize.setInput(0, scaled);
        quantize.setInput(1, ops.constant(1f));
        for (Use use : List.copyOf(quantize.output().uses())) {
            Node dequantize = use.node();
            Value up = dequantize.input(1);
            dequantize.setInput(1, ops.constant(1f));
            Value back = dequantize.output();
            List<Use> readers = List.copyOf(back.uses());
            Value multiplied = ops.mul(back, steps.get(up));
            readers.forEach(reader -> reader.node().setInput(reader.index(), multiplied));
            if (back.isOutput()) {
                swapOutput(back, multiplied);
            }
            pairs.add(new Pair(quantize.output(), back, multiplied, down, up));
        }
    }

    /** Lets another value be the graph's output, under the same name. */
    private static void swapOutput(Value old, Value replacement) {
        Graph graph = old.graph();
        String name = old.name();
        graph.setOutput(graph.outputs().indexOf(old), replacement);
        old.setName(graph.freshName(name));
        replacement.setName(name);
    }

    // ---- back to integers

    /** @param trained {@link #model} with other weights; it is changed */
    static Model close(FakeQuantization fake, Model trained) {
        FakeQuantization back = new FakeQuantization(trained, fake.reduceRange);
        for (Pair pair : fake.pairs) {
            back.closePair(pair, fake);
        }
        for (Layer layer : fake.layers) {
            back.closeWeights(layer);
        }
        Passes.named("remove-dead-code").run(trained);
        back.graph.sort();
        back.graph.uniqueNames();
        trained.metadata()
                .merge(Quantizer.METADATA_KEY, ", then trained with its rounding", (before, more) -> before + more);
        return trained;
    }

    /** What stands in this graph for a value of the graph that was opened. */
    private Value same(Value opened) {
        return graph.find(opened.name());
    }

    private void closePair(Pair pair, FakeQuantization fake) {
        Node quantize = same(pair.quantized).producer();
        Node dequantize = same(pair.dequantized).producer();
        Value multiplied = same(pair.multiplied);
        if (done.add(quantize)) {
            quantize.setInput(0, quantize.input(0).producer().input(0));
            quantize.setInput(1, learnedStep(pair.down, fake));
        }
        dequantize.setInput(1, learnedStep(pair.up, fake));
        if (multiplied.isOutput()) {
            swapOutput(multiplied, dequantize.output());
        }
        for (Use reader : List.copyOf(multiplied.uses())) {
            reader.node().setInput(reader.index(), dequantize.output());
        }
    }

    /** One constant for each step the model had, of the value that the training graph computes. */
    private Value learnedStep(Value old, FakeQuantization fake) {
        return steps.computeIfAbsent(old, o -> {
            Step step = fake.starts.get(o);
            float t = step.logStep == null ? 0 : same(step.logStep).constant().scalarFloat();
            return ops.constant(Math.min(step.start * (float) Math.exp(t * PACE), step.bound));
        });
    }

    private void closeWeights(Layer layer) {
        Node node = same(layer.output).producer();
        Tensor weights = same(layer.weights).constant();
        float[] t = same(layer.logSteps).constant().floats();
        float[] bias = layer.bias == null ? null : same(layer.bias).constant().floats();
        float inputStep = node.input(0).producer().input(1).constant().scalarFloat();
        int channels = t.length;
        float[] learnedSteps = new float[channels];
        float[] biasSteps = new float[channels];
        int[] biasValues = new int[channels];
        for (int c = 0; c < channels; c++) {
            double step = layer.start[c] * Math.exp(t[c] * PACE);
            if (bias != null) {
                step = Math.max(step, Math.abs(bias[c]) / (inputStep * LARGEST_BIAS));
            }
            learnedSteps[c] = (float) step;
            biasSteps[c] = inputStep * learnedSteps[c];
            biasValues[c] = bias == null ? 0 : (int) Math.rint(bias[c] / (double) biasSteps[c]);
        }
        Tensor bytes = bytes(weights, learnedSteps, layer.axis);
        node.setInput(1, dequantized(bytes, learnedSteps, layer.axis, ElementType.INT8));
        if (bias != null) {
            node.setInput(2, dequantized(Tensor.ofInts(biasValues, channels), biasSteps, 0, ElementType.INT32));
        }
    }

    private Tensor bytes(Tensor weights, float[] channelSteps, int axis) {
        float[] w = weights.floats();
        int inner = (int) Tensor.count(Arrays.copyOfRange(weights.dims(), axis + 1, weights.rank()));
        int most = reduceRange ? 63 : 127;
        byte[] bytes = new byte[w.length];
        for (int i = 0; i < w.length; i++) {
            double rounded = Math.rint(w[i] / channelSteps[i / inner % channelSteps.length]);
            bytes[i] = (byte) Math.max(-most - 1, Math.min(most, rounded));
        }
        return Tensor.ofBytes(ElementType.INT8, bytes, weights.dims());
    }

    private Value dequantized(Tensor values, float[] channelSteps, int axis, ElementType type) {
        return ops.op(
                "DequantizeLinear",
                Map.of("axis", axis),
                ops.constant(values),
                ops.constant(Tensor.ofFloats(channelSteps, channelSteps.length)),
                ops.constant(Tensor.filled(type, 0, channelSteps.length)));
    }
}
