package dev.hone.graph.onnx;

import dev.hone.core.ElementType;
import dev.hone.core.limit.ModelLimits;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.InlineFunctions;
import dev.hone.graph.rewrite.upgrade.OpsetUpgrade;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Estimates what the constants of a model take when they are computed, by shape inference. A constant whose size that does
 * not find out counts as nothing.
 */
public final class ConstantSizes implements ModelLimits.ConstantMemory {
    private static final int WIDTH = 64;

    private final Set<Value> constants = Collections.newSetFromMap(new IdentityHashMap<>());
    private double bits;

    @Override
    public double bytes(ByteBuffer model, Path file) {
        Model read = OnnxReader.unlimited(model, file);
        try {
            // Shape rules are those of one opset: before, axes of a reduction are an attribute that they do not see.
            OpsetUpgrade.toCurrent(read);
            // What a function makes of a constant is a constant too; the limit of expanded nodes has been passed.
            InlineFunctions.run(read);
            ShapeInference.run(read);
        } catch (GraphException e) {
            // This counts memory; whether the model is valid says whoever reads it. Sizes found so far stand.
        }
        ConstantSizes sizes = new ConstantSizes();
        sizes.graph(read.graph());
        return sizes.bits / 8;
    }

    private void graph(Graph graph) {
        constants.addAll(graph.constants());
        graph.nodes().forEach(this::node);
    }

    private void node(Node node) {
        node.subgraphs().forEach(this::graph);
        for (Value input : node.inputs()) {
            if (input != null && !constants.contains(input)) {
                return;
            }
        }
        for (Value output : node.outputs()) {
            if (output != null) {
                ElementType type = output.type();
                bits += size(output) * (type == null || type.bits() == 0 ? WIDTH : type.bits());
                constants.add(output);
            }
        }
    }

    private static double size(Value output) {
        if (output.shape() == null) {
            return 0;
        }
        double size = 1;
        for (Dim dim : output.shape().dims()) {
            if (!dim.isConstant()) {
                return 0;
            }
            size *= dim.constant();
        }
        return size;
    }
}
