package dev.hone.compress.quantize;

import dev.hone.compress.CompressionException;
import dev.hone.core.ElementType;
import dev.hone.core.limit.CarriedDequantize;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a plan into the graph in the form of QuantizeLinear and DequantizeLinear pairs, which the runtime fuses with
 * the nodes between them into integer kernels. The graph stays one that computes in FP32 by its definition, close to
 * the original, on any runtime.
 */
final class QdqWriter {
    private final Plan plan;
    private final Map<Value, Scale> scales;
    private final boolean reduceRange;
    private final Graph graph;
    private final Ops ops;
    private final Map<Scale, Value[]> scaleConstants = new HashMap<>();
    private final Map<Value, Value> bytes = new HashMap<>();
    private final Map<Node, Origin.Floats> floats = new LinkedHashMap<>();
    private final Map<Value, Shared> sharedWeights = new HashMap<>();

    QdqWriter(Graph graph, Plan plan, Map<Value, Scale> scales, boolean reduceRange) {
        this.graph = graph;
        this.plan = plan;
        this.scales = scales;
        this.reduceRange = reduceRange;
        this.ops = new Ops(graph);
    }

    /** @return the weights that were rounded */
    Map<Node, Origin.Floats> write() {
        // In topological order: what a kernel reads is bytes already when the kernel's turn comes.
        for (Value value : plan.quantized()) {
            quantize(value, scales.get(value));
        }
        for (Map.Entry<Value, Value> entry : plan.roots().entrySet()) {
            quantize(entry.getKey(), scales.get(entry.getValue()));
        }
        for (Node node : plan.kernels()) {
            switch (Traits.of(node)) {
                case WEIGHTED -> writeWeights(node);
                case GATE -> writeGate(node);
                default -> writeConstants(node);
            }
        }
        graph.sort();
        closeBeforeSubgraphs();
        graph.sort();
        return floats;
    }

    /**
     * ONNX Runtime (1.29) carries a DequantizeLinear over the nodes behind it that only move elements, and crashes where
     * a subgraph reads the result. A pair on what the subgraph reads ends that, and changes nothing: the values are on
     * their levels already.
     */
    private void closeBeforeSubgraphs() {
        Set<Value> captured = new LinkedHashSet<>();
        graph.nodes().forEach(node -> captured.addAll(node.captures()));
        for (Value value : captured) {
            Node back = carried(value);
            if (back != null) {
                List<Use> uses = value.uses().stream()
                        .filter(use -> use.node().graph() != graph)
                        .toList();
                Value closed = ops.op("QuantizeLinear", value, back.input(1), back.input(2));
                Value again = ops.op("DequantizeLinear", closed, back.input(1), back.input(2));
                uses.forEach(use -> use.node().setInput(use.index(), again));
            }
        }
    }

    /** The DequantizeLinear that the runtime would carry to a value, or null. */
    private static Node carried(Value value) {
        Node producer = value.producer();
        while (producer != null && CarriedDequantize.OVER.contains(producer.op())) {
            producer = producer.input(0).producer();
            if (producer != null && producer.is("DequantizeLinear")) {
                return producer;
            }
        }
        return null;
    }

    /** Puts a pair behind a value and lets its readers read that. */
    private void quantize(Value value, Scale scale) {
        List<Use> uses = List.copyOf(value.uses());
        boolean inside = plan.isComputedInIntegers(value) || plan.roots().containsKey(value);
        boolean output = value.isOutput();
        Value quantized = quantizeLinear(value, scale);
        Value back = dequantizeLinear(quantized, scale);
        bytes.put(value, quantized);
        for (Use use : uses) {
            Node reader = use.node();
            // Behind an integer kernel nobody may read floats, or the kernel stays in FP32. A value that is computed
            // in
            // float has more to offer to readers in FP32.
            if (inside || plan.isKernel(reader) || plan.roots().containsKey(reader.output())) {
                reader.setInput(use.index(), back);
            }
        }
        if (inside && output) {
            String name = value.name();
            int index = graph.outputs().indexOf(value);
            graph.setOutput(index, back);
            value.setName(graph.freshName(name));
            back.setName(name);
        }
    }

    private Value quantizeLinear(Value value, Scale scale) {
        Value[] constants = constants(scale);
        return ops.op("QuantizeLinear", value, constants[0], constants[1]);
    }

    private Value dequantizeLinear(Value value, Scale scale) {
        Value[] constants = constants(scale);
        Value back = ops.op("DequantizeLinear", value, constants[0], constants[1]);
        return back.setType(ElementType.FLOAT);
    }

    private Value[] constants(Scale scale) {
        return scaleConstants.computeIfAbsent(scale, s -> new Value[] {
            ops.constant(s.step()), ops.constant(Tensor.ofBytes(ElementType.UINT8, new byte[] {(byte) s.zeroPoint()}))
        });
    }

    private void writeWeights(Node node) {
        float inputStep = node.input(0).producer().input(1).constant().scalarFloat();
        QuantizedWeights weights = QuantizedWeights.of(node, inputStep, reduceRange);
        floats.put(
                node,
                new Origin.Floats(
                        node.input(1).constant(),
                        node.input(2) == null ? null : node.input(2).constant()));
        node.setInput(1, weights(node.input(1), weights));
        if (weights.bias() != null) {
            node.setInput(2, channels(weights.bias(), weights.biasSteps(), 0, ElementType.INT32));
        }
    }

    /** Layers that share their weights in FP32 share them in INT8 too. */
    private Value weights(Value floats, QuantizedWeights weights) {
        Shared shared = sharedWeights.get(floats);
        if (shared != null
                && shared.weights.axis() == weights.axis()
                && Arrays.equals(shared.weights.steps(), weights.steps())) {
            return shared.value;
        }
        Value value = channels(weights.values(), weights.steps(), weights.axis(), ElementType.INT8);
        sharedWeights.put(floats, new Shared(weights, value));
        return value;
    }

    private record Shared(QuantizedWeights weights, Value value) {}

    private Value channels(Tensor values, float[] steps, int axis, ElementType type) {
        return ops.op(
                "DequantizeLinear",
                Map.of("axis", axis),
                ops.constant(values),
                ops.constant(Tensor.ofFloats(steps, steps.length)),
                ops.constant(Tensor.filled(type, 0, steps.length)));
    }

    private void writeConstants(Node node) {
        for (int i = 0; i < node.inputs().size(); i++) {
            if (node.input(i).isConstant()) {
                node.setInput(i, constant(node.input(i).constant()));
            }
        }
    }

    private Value constant(Tensor tensor) {
        float[] values = tensor.floats();
        double low = 0;
        double high = 0;
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new CompressionException("a constant holds " + value + ", expected finite numbers");
            }
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        Scale scale = Scale.of(new Range(low, high));
        byte[] quantized = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            quantized[i] = (byte) scale.quantize(values[i]);
        }
        return dequantizeLinear(ops.constant(Tensor.ofBytes(ElementType.UINT8, quantized, tensor.dims())), scale);
    }

    /**
     * {@code HardSigmoid(x) = clip(a*x + b, 0, 1)} as a sum in INT8: {@code x + b/a} is quantized with zero point 0 and
     * a step of {@code 1/(255 a)}, so that saturation clips it to 0 to {@code 1/a}; read back with a step of 1/255 the
     * bytes mean {@code clip(a*x + b, 0, 1)}. {@code HardSwish(x) = x * HardSigmoid(x)} with a = 1/6, b = 1/2. {@code
     * Swish(x) = x * sigmoid(a*x)}, and Gelu comes close to it.
     */
    private void writeGate(Node node) {
        Value factor = node.is("Tanh")
                ? tanh(node.input(0))
                : Double.isNaN(Traits.slope(node)) ? clipped(node) : sigmoid(node);
        Value output = node.output();
        if (Traits.fixedScale(node) == null) {
            Value product = ops.mul(node.input(0), factor);
            product.producer().setName(node.name());
            output.replaceBy(product);
        } else {
            // Its bytes are there already: the pair behind the output is not needed.
            Value old = bytes.get(output);
            Node back = old.uses().iterator().next().node();
            if (back.output().isOutput()) {
                factor.setName(back.output().name());
            }
            back.output().replaceBy(factor);
            graph.remove(back);
            graph.remove(old.producer());
        }
        graph.remove(node);
    }

    private Value clipped(Node node) {
        boolean swish = node.is("HardSwish");
        double a = swish ? 1.0 / 6 : node.floatAttribute("alpha", 0.2f);
        double b = swish ? 0.5 : node.floatAttribute("beta", 0.5f);
        Value sum = ops.add(node.input(0), constant(Tensor.scalar((float) (b / a))));
        Value gate = quantizeLinear(sum, new Scale((float) (1 / (Scale.LEVELS * a)), 0));
        return dequantizeLinear(gate, new Scale(1f / Scale.LEVELS, 0));
    }

    /**
     * {@code tanh(x) = 2 sigmoid(2x) - 1}: the bytes of x read with twice their step go through the Sigmoid, for which the
     * runtime has a table; of its bytes, 0 to 254, the one in the middle means 0.
     */
    private Value tanh(Value x) {
        return dequantizeLinear(sigmoid(x, 2, new Scale(1f / (Scale.LEVELS - 1), 0)), Traits.TANH);
    }

    /** The gate of a Swish or Gelu, as bytes from 0 to 1. */
    private Value sigmoid(Node node) {
        Scale scale = new Scale(1f / Scale.LEVELS, 0);
        return dequantizeLinear(sigmoid(node.input(0), Traits.slope(node), scale), scale);
    }

    /** The bytes of {@code sigmoid(slope * x)}: those of x are read with another step. */
    private Value sigmoid(Value x, double slope, Scale to) {
        Node back = x.producer();
        Scale scale = new Scale((float) (slope * back.input(1).constant().scalarFloat()), (int)
                back.input(2).constant().scalarLong());
        return quantizeLinear(ops.op("Sigmoid", dequantizeLinear(back.input(0), scale)), to);
    }
}
