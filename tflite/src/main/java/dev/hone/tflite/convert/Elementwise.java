package dev.hone.tflite.convert;

import dev.hone.core.ElementType;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Operators that combine elements at the same place. They keep whichever order of axes their inputs have. */
final class Elementwise {
    private static final Map<String, String> UNARY = Map.ofEntries(
            Map.entry("ABS", "Abs"),
            Map.entry("CEIL", "Ceil"),
            Map.entry("COS", "Cos"),
            Map.entry("EXP", "Exp"),
            Map.entry("FLOOR", "Floor"),
            Map.entry("LOG", "Log"),
            Map.entry("LOGICAL_NOT", "Not"),
            Map.entry("NEG", "Neg"),
            Map.entry("ROUND", "Round"),
            Map.entry("SIGN", "Sign"),
            Map.entry("SIN", "Sin"),
            Map.entry("SQRT", "Sqrt"));

    /** With an activation function at their end. */
    private static final Map<String, String> FUSED = Map.of("ADD", "Add", "DIV", "Div", "MUL", "Mul", "SUB", "Sub");

    private static final Map<String, String> BINARY = Map.ofEntries(
            Map.entry("EQUAL", "Equal"),
            Map.entry("GREATER", "Greater"),
            Map.entry("GREATER_EQUAL", "GreaterOrEqual"),
            Map.entry("LESS", "Less"),
            Map.entry("LESS_EQUAL", "LessOrEqual"),
            Map.entry("LOGICAL_AND", "And"),
            Map.entry("LOGICAL_OR", "Or"),
            Map.entry("MAXIMUM", "Max"),
            Map.entry("MINIMUM", "Min"),
            Map.entry("POW", "Pow"));

    private Elementwise() {}

    static void register(Map<String, Rule> table) {
        UNARY.forEach((name, op) -> table.put(name, unary(op)));
        FUSED.forEach((name, op) -> table.put(
                name, c -> apply(c, (a, b) -> Activations.fused(c, 0, c.ops().op(op, a, b)))));
        BINARY.forEach(
                (name, op) -> table.put(name, c -> apply(c, (a, b) -> c.ops().op(op, a, b))));
        table.put("NOT_EQUAL", c -> apply(c, (a, b) -> c.ops().op("Not", c.ops().op("Equal", a, b))));
        table.put("SQUARE", c -> apply(c, x -> c.ops().mul(x, x)));
        table.put("RSQRT", c -> apply(c, x -> c.ops().op("Reciprocal", c.ops().op("Sqrt", x))));
        table.put(
                "SQUARED_DIFFERENCE",
                c -> apply(c, (a, b) -> squared(c.ops(), c.ops().sub(a, b))));
        table.put("FLOOR_DIV", c -> apply(c, (a, b) -> floorDiv(c, a, b)));
        table.put("ADD_N", Elementwise::sum);
        table.put("SELECT", Elementwise::select);
        table.put("SELECT_V2", Elementwise::select);
        table.put("CAST", c -> apply(c, x -> c.ops().cast(x, TensorValues.valueType(c.outputTensor(0)))));
        // The walker rounds outputs to the integers of their tensors, and gives inputs as numbers.
        for (String name : Set.of("QUANTIZE", "DEQUANTIZE")) {
            table.put(name, c -> apply(c, x -> x));
        }
    }

    static Rule unary(String op) {
        return c -> apply(c, x -> c.ops().op(op, x));
    }

    static void apply(OperatorContext c, UnaryOperator<Value> function) {
        boolean image = c.isImage(0);
        c.put(0, function.apply(image ? c.image(0) : c.input(0)), image);
    }

    private static void apply(OperatorContext c, BinaryOperator<Value> function) {
        OperatorContext.Aligned operands = c.aligned(0, 1);
        c.put(0, function.apply(operands.get(0), operands.get(1)), operands.areImages());
    }

    private static Value squared(Ops ops, Value x) {
        return ops.mul(x, x);
    }

    private static Value floorDiv(OperatorContext c, Value a, Value b) {
        if (a.type() == null || !a.type().isFloat()) {
            throw c.unsupported("integers");
        }
        return c.ops().op("Floor", c.ops().div(a, b));
    }

    private static void sum(OperatorContext c) {
        OperatorContext.Aligned terms = c.aligned(IntStream.range(0, c.inputs()).toArray());
        c.put(0, c.ops().op("Sum", terms.values().toArray(Value[]::new)), terms.areImages());
    }

    private static void select(OperatorContext c) {
        if (c.rank(0) != 0
                && c.rank(0) < c.outputTensor(0).rank()
                && c.operator().name().equals("SELECT")) {
            throw c.unsupported("a condition of fewer axes");
        }
        OperatorContext.Aligned operands = c.aligned(0, 1, 2);
        Value condition = c.ops().cast(operands.get(0), ElementType.BOOL);
        c.put(0, c.ops().op("Where", condition, operands.get(1), operands.get(2)), operands.areImages());
    }
}
