package dev.hone.property;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A graph in words, with attributes, small constants and subgraphs, for the message of a failure. */
final class GraphText {
    private static final int ELEMENTS = 6;

    private GraphText() {}

    static String of(Model model) {
        StringBuilder text = new StringBuilder();
        write(model.graph(), "  ", text);
        return text.toString();
    }

    private static void write(Graph graph, String indent, StringBuilder text) {
        text.append(indent)
                .append(graph.inputs())
                .append(" -> ")
                .append(graph.outputs())
                .append('\n');
        for (Node node : graph.nodes()) {
            text.append(indent)
                    .append(node.outputs())
                    .append(" = ")
                    .append(node.op())
                    .append(node.inputs().stream().map(GraphText::of).collect(Collectors.joining(", ", "(", ")")));
            node.attributes().forEach((name, value) -> {
                if (!(value instanceof Attribute.GraphValue)) {
                    text.append(' ').append(name).append('=').append(of(value));
                }
            });
            text.append('\n');
            node.subgraphs().forEach(subgraph -> write(subgraph, indent + "    ", text));
        }
    }

    private static String of(Value value) {
        if (value == null) {
            return "-";
        }
        return value.isConstant() ? of(value.constant()) : value.name();
    }

    private static String of(Tensor tensor) {
        if (tensor.count() > ELEMENTS) {
            return tensor.toString();
        }
        String numbers = tensor.type().isFloat()
                ? Arrays.toString(tensor.to(ElementType.DOUBLE).doubles())
                : Arrays.toString(tensor.to(ElementType.INT64).longs());
        return tensor.type() + Arrays.toString(tensor.dims()) + numbers;
    }

    private static String of(Attribute attribute) {
        if (attribute instanceof Attribute.Str text) {
            return text.value();
        } else if (attribute instanceof Attribute.Int number) {
            return Long.toString(number.value());
        } else if (attribute instanceof Attribute.Float number) {
            return Float.toString(number.value());
        } else if (attribute instanceof Attribute.Ints numbers) {
            return numbers.values().toString();
        } else if (attribute instanceof Attribute.TensorValue tensor) {
            return of(tensor.value());
        }
        return attribute.toString();
    }
}
