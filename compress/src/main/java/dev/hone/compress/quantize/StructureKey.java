package dev.hone.compress.quantize;

import dev.hone.graph.Attribute;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What a graph's running time depends on, as text: everything but names and the numbers in weights and scales. */
final class StructureKey {
    private static final int FEW = 16;

    private StructureKey() {}

    /** @param graph sorted */
    static String of(Graph graph) {
        Map<Value, Integer> numbers = new HashMap<>();
        StringBuilder text = new StringBuilder();
        for (Value input : graph.inputs()) {
            numbers.put(input, numbers.size());
            text.append(input.type()).append(input.shape()).append(' ');
        }
        for (Node node : graph.nodes()) {
            text.append('\n').append(node.domain()).append(node.op());
            new TreeMap<>(node.attributes())
                    .forEach((name, value) ->
                            text.append(' ').append(name).append('=').append(text(value)));
            for (int i = 0; i < node.inputs().size(); i++) {
                Value input = node.input(i);
                text.append(' ');
                if (input == null) {
                    text.append('-');
                } else if (input.isConstant()) {
                    text.append(constant(node, i, input.constant()));
                } else {
                    text.append('#').append(numbers.get(input));
                }
            }
            for (Value output : node.outputs()) {
                if (output != null) {
                    numbers.put(output, numbers.size());
                }
            }
        }
        for (Value output : graph.outputs()) {
            text.append("\n-> ").append(numbers.get(output));
        }
        return text.toString();
    }

    private static String text(Attribute attribute) {
        if (attribute instanceof Attribute.Str string) {
            return string.value();
        }
        return attribute instanceof Attribute.Ints
                        || attribute instanceof Attribute.Int
                        || attribute instanceof Attribute.Float
                        || attribute instanceof Attribute.Floats
                ? attribute.toString()
                : Integer.toHexString(System.identityHashCode(attribute));
    }

    private static String constant(Node node, int index, Tensor tensor) {
        String kind = tensor.type() + Arrays.toString(tensor.dims());
        if (node.op().endsWith("QuantizeLinear") || node.is("DequantizeLinear")) {
            // Whether a clamp in front can be dropped depends on the zero point being 0.
            return index == 2 && tensor.count() == 1 ? kind + (tensor.scalarLong() == 0) : kind;
        }
        return tensor.count() <= FEW
                        && tensor.count() > 0
                        && index > 0
                        && (node.is("Clip") || tensor.type().isInteger())
                ? kind + Arrays.toString(tensor.doubles())
                : kind;
    }
}
