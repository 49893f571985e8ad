package dev.hone.graph.onnx;

import dev.hone.core.ElementType;
import dev.hone.core.limit.GrowthBounds;
import dev.hone.core.limit.ModelLimits;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.ShapeInference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Estimates what the constants of a model take when they are computed, by shape inference; where that knows nothing, by
 * {@link GrowthBounds}.
 */
public final class ConstantSizes implements ModelLimits.ConstantMemory {
    private static final int WIDTH = 64;

    private final Map<Value, Double> elements = new HashMap<>();
    private double bits;

    @Override
    public double bytes(ByteBuffer model, Path file) {
        Model read = OnnxReader.unlimited(model, file);
        ConstantSizes sizes = new ConstantSizes();
        read.graph().constants().forEach(sizes::constant);
        read.functions().forEach(function -> function.body().constants().forEach(sizes::constant));
        ShapeInference.run(read, sizes::node);
        return sizes.bits / 8;
    }

    private void constant(Value value) {
        elements.put(value, (double) value.constant().count());
    }

    /** A node whose outputs were just inferred, in a function once for each call. */
    private void node(Node node) {
        for (Graph subgraph : node.subgraphs()) {
            subgraph.constants().forEach(this::constant);
            subgraph.nodes().forEach(this::node);
        }
        double[] inputs = new double[node.inputs().size()];
        for (int i = 0; i < inputs.length; i++) {
            Value input = node.input(i);
            Double size = input == null ? Double.valueOf(0) : elements.get(input);
            if (size == null) {
                node.outputs().forEach(elements::remove);
                return;
            }
            inputs[i] = size;
        }
        double bound = GrowthBounds.elements(node.op(), inputs);
        for (Value output : node.outputs()) {
            if (output != null) {
                double size = size(output, Double.isInfinite(bound) ? 0 : bound);
                ElementType type = output.type();
                bits += size * (type == null || type.bits() == 0 ? WIDTH : type.bits());
                elements.put(output, size);
            }
        }
    }

    private static double size(Value output, double otherwise) {
        if (output.shape() == null) {
            return otherwise;
        }
        double size = 1;
        for (Dim dim : output.shape().dims()) {
            if (!dim.isConstant()) {
                return otherwise;
            }
            size *= dim.constant();
        }
        return size;
    }
}
