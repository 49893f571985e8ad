package dev.hone.graph.verify;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.Operator;
import java.util.List;
import java.util.Map;

/**
 * Inputs and attributes that are optional each, but of which an operator needs one. An input that is a constant without
 * elements counts as absent: exporters of older opsets write what they do not mean so.
 *
 * @param names of inputs and attributes
 * @param exclusive whether there may be no more than one
 */
record Alternatives(List<String> names, boolean exclusive) {
    private static final Map<String, Alternatives> TABLE = Map.of(
            "Resize", new Alternatives(List.of("scales", "sizes"), true),
            "Split", new Alternatives(List.of("split", "num_outputs"), true),
            "Constant",
                    new Alternatives(
                            List.of(
                                    "value",
                                    "sparse_value",
                                    "value_float",
                                    "value_floats",
                                    "value_int",
                                    "value_ints",
                                    "value_string",
                                    "value_strings"),
                            false));

    /** What is wrong with a node, or null. */
    static String problem(Node node, Operator operator) {
        Alternatives alternatives = node.domain().isEmpty() ? TABLE.get(node.op()) : null;
        if (alternatives == null) {
            return null;
        }
        String present = null;
        for (String name : alternatives.names) {
            if (node.has(name) || isInput(node, operator, name)) {
                if (!alternatives.exclusive) {
                    return null;
                } else if (present != null) {
                    return "has both " + present + " and " + name + ", takes one of them";
                }
                present = name;
            }
        }
        return present == null ? "lacks one of " + String.join(", ", alternatives.names) : null;
    }

    private static boolean isInput(Node node, Operator operator, String name) {
        for (int i = 0; i < node.inputs().size(); i++) {
            if (i < operator.inputs().size() && operator.inputs().get(i).name().equals(name)) {
                Value value = node.input(i);
                return value != null
                        && (value.constant() == null || value.constant().count() > 0);
            }
        }
        return false;
    }
}
