package dev.hone.graph.verify;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Function;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.Operator;
import dev.hone.graph.op.Operator.AttributeSignature;
import dev.hone.graph.op.Operator.Occurrence;
import dev.hone.graph.op.Operator.Parameter;
import dev.hone.graph.op.Operators;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks a node against the signature of its operator: number of inputs and outputs, attributes, element types. */
final class SignatureChecks {
    private final Node node;
    private final List<String> problems;

    private SignatureChecks(Node node, List<String> problems) {
        this.node = node;
        this.problems = problems;
    }

    private void problem(String text) {
        problems.add(node.label() + ": " + text);
    }

    /** @param references whether the node is in a function and may refer to its attributes */
    static void check(Node node, boolean references, List<String> problems) {
        SignatureChecks checks = new SignatureChecks(node, problems);
        Operator operator = Operators.of(node);
        if (operator != null && operator.since() <= Model.OPSET) {
            checks.arity(operator);
            checks.attributes(operator, references);
            checks.types(operator);
        } else if (node.domain().isEmpty()) {
            checks.problem("operator " + node.op() + " is not in ONNX opset " + Model.OPSET
                    + "; check its name, or set the domain that defines it");
        }
    }

    /** Checks what a node may not lack, or have too many of. Later opsets have changed none of that so far. */
    static void checkRequired(Node node, List<String> problems) {
        SignatureChecks checks = new SignatureChecks(node, problems);
        Operator operator = Operators.of(node);
        if (operator == null) {
            return;
        }
        checks.arity(operator);
        checks.kinds(operator);
        checks.required(operator);
    }

    static void checkCall(Node node, Function function, List<String> problems) {
        SignatureChecks checks = new SignatureChecks(node, problems);
        int inputs = function.body().inputs().size();
        int outputs = function.body().outputs().size();
        if (node.inputs().size() > inputs) {
            checks.problem("has " + node.inputs().size() + " inputs, its function takes " + inputs);
        }
        if (node.outputs().size() > outputs) {
            checks.problem("has " + node.outputs().size() + " outputs, its function gives " + outputs);
        }
        for (String name : node.attributes().keySet()) {
            if (!function.attributes().contains(name) && !function.defaults().containsKey(name)) {
                checks.problem("has attribute " + name + ", which its function does not have");
            }
        }
        for (String name : function.attributes()) {
            if (!node.has(name)) {
                checks.problem("lacks attribute " + name + ", which its function requires");
            }
        }
    }

    // ---- inputs and outputs

    private void arity(Operator operator) {
        arity("input", node.inputs(), operator.inputs(), operator.minInputs(), operator.maxInputs());
        arity("output", node.outputs(), operator.outputs(), operator.minOutputs(), operator.maxOutputs());
    }

    private void arity(String kind, List<Value> values, List<Parameter> parameters, int fewest, int most) {
        if (values.size() < fewest || values.size() > most) {
            String range = fewest == most
                    ? Integer.toString(fewest)
                    : most == Integer.MAX_VALUE ? fewest + " or more" : fewest + " to " + most;
            problem("has " + values.size() + " " + kind + (values.size() == 1 ? "" : "s") + ", takes " + range);
        }
        for (int i = 0; i < Math.min(values.size(), parameters.size()); i++) {
            if (values.get(i) == null && parameters.get(i).occurrence() == Occurrence.ONE) {
                problem("lacks " + kind + " " + i + " (" + parameters.get(i).name() + ")");
            }
        }
    }

    // ---- attributes

    private void attributes(Operator operator, boolean references) {
        node.attributes().forEach((name, value) -> {
            AttributeSignature signature = operator.attributes().get(name);
            if (signature == null) {
                problem("has attribute " + name + ", which the operator does not have in opset " + Model.OPSET);
            } else if (value instanceof Attribute.Reference reference) {
                if (!references) {
                    problem("attribute " + name + " refers to attribute " + reference.name()
                            + " of a function, but is not in one");
                }
            }
        });
        kinds(operator);
        required(operator);
    }

    private void kinds(Operator operator) {
        for (Map.Entry<String, Attribute> attribute : node.attributes().entrySet()) {
            Attribute value = attribute.getValue();
            AttributeSignature signature = operator.attributes().get(attribute.getKey());
            if (signature != null
                    && !(value instanceof Attribute.Reference)
                    && !kind(value, signature.kind()).equals(signature.kind())) {
                problem("attribute " + attribute.getKey() + " is of kind " + kind(value, "?") + ", takes "
                        + signature.kind());
            }
        }
    }

    private void required(Operator operator) {
        for (AttributeSignature signature : operator.attributes().values()) {
            if (signature.required() && !node.has(signature.name())) {
                problem("lacks attribute " + signature.name());
            }
        }
        String problem = Alternatives.problem(node, operator);
        if (problem != null) {
            problem(problem);
        }
    }

    /** The kind as named in the operator table; uninterpreted attributes are assumed to match. */
    private static String kind(Attribute value, String asked) {
        if (value instanceof Attribute.Int) {
            return "int";
        } else if (value instanceof Attribute.Float) {
            return "float";
        } else if (value instanceof Attribute.Str) {
            return "string";
        } else if (value instanceof Attribute.TensorValue) {
            return "tensor";
        } else if (value instanceof Attribute.GraphValue) {
            return "graph";
        } else if (value instanceof Attribute.Ints) {
            return "ints";
        } else if (value instanceof Attribute.Floats) {
            return "floats";
        } else if (value instanceof Attribute.Strs) {
            return "strings";
        } else if (value instanceof Attribute.Tensors) {
            return "tensors";
        } else if (value instanceof Attribute.Graphs) {
            return "graphs";
        }
        return asked;
    }

    // ---- element types

    private void types(Operator operator) {
        Map<String, Value> bound = new HashMap<>();
        types("input", node.inputs(), operator, true, bound);
        types("output", node.outputs(), operator, false, bound);
    }

    private void types(String kind, List<Value> values, Operator operator, boolean inputs, Map<String, Value> bound) {
        for (int i = 0; i < values.size(); i++) {
            Value value = values.get(i);
            Parameter parameter = inputs ? operator.input(i) : operator.output(i);
            if (value == null || value.type() == null || value.otherType() != null || parameter == null) {
                continue;
            }
            ElementType type = value.type();
            if (!operator.allows(parameter, type)) {
                problem(kind + " " + i + " '" + value.name() + "' is " + type + ", takes "
                        + String.join(
                                ", ",
                                operator.allowed(parameter).stream().sorted().toList()));
            } else if (!parameter.mixed() && operator.variables().containsKey(parameter.type())) {
                Value first = bound.putIfAbsent(parameter.type(), value);
                if (first != null && first.type() != type) {
                    problem(kind + " " + i + " '" + value.name() + "' is " + type + ", but '" + first.name() + "' is "
                            + first.type() + "; both must have the same type");
                }
            }
        }
    }
}
