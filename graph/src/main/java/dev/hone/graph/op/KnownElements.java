package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * What is known of the contents of small integer and boolean tensors: the arithmetic on shapes that exporters write out
 * as nodes. Elements are in row-major order; one of which nothing is known is {@link Dim#unknown()}; true is 1.
 */
final class KnownElements {
    /** Larger tensors are not followed. */
    static final int LIMIT = 64;

    /** The elements of output 0, or null. The output's shape is known and constant when a rule runs. */
    @FunctionalInterface
    private interface Rule {
        List<Dim> elements(ShapeContext node, Shape output);
    }

    private static final Map<String, Rule> TABLE = new HashMap<>();

    static {
        for (String same : new String[] {"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze"}) {
            TABLE.put(same, (n, y) -> n.elements(0));
        }
        TABLE.put("Cast", KnownElements::cast);
        TABLE.put("CastLike", KnownElements::cast);
        TABLE.put("Constant", (n, y) -> constant(ShapeContext.constantOf(n.node())));
        TABLE.put("ConstantOfShape", KnownElements::constantOfShape);
        TABLE.put("Shape", KnownElements::shape);
        TABLE.put(
                "Size", (n, y) -> n.shape(0) == null ? null : List.of(n.shape(0).elements()));
        TABLE.put("Range", KnownElements::range);
        TABLE.put("Concat", KnownSelections::concat);
        TABLE.put("Slice", KnownSelections::slice);
        TABLE.put("Gather", KnownSelections::gather);
        TABLE.put("Transpose", KnownSelections::transpose);
        TABLE.put("Expand", (n, y) -> KnownSelections.spread(n, 0, y));
        TABLE.put("Add", binary(Dim::plus));
        TABLE.put("Sub", binary(Dim::minus));
        TABLE.put("Mul", binary(Dim::times));
        TABLE.put("Div", binary(KnownElements::divide));
        TABLE.put("Mod", KnownElements::modulo);
        TABLE.put("Min", binary((a, b) -> extreme(a, b, false)));
        TABLE.put("Max", binary((a, b) -> extreme(a, b, true)));
        TABLE.put("Neg", (n, y) -> map(n, d -> d.times(-1)));
        TABLE.put("Abs", (n, y) -> map(n, d -> d.isAtLeast(0, 0) ? d : number(d) ? d.times(-1) : Dim.unknown()));
        TABLE.put("Not", (n, y) -> map(n, d -> number(d) ? truth(d.is(0)) : Dim.unknown()));
        TABLE.put(
                "And",
                binary((a, b) -> a.is(0) || b.is(0) ? Dim.ZERO : number(a) && number(b) ? Dim.ONE : Dim.unknown()));
        TABLE.put(
                "Or",
                binary((a, b) -> a.is(1) || b.is(1) ? Dim.ONE : number(a) && number(b) ? Dim.ZERO : Dim.unknown()));
        TABLE.put("Equal", binary(KnownElements::equal));
        TABLE.put("Greater", binary((a, b) -> above(a, b, 1)));
        TABLE.put("GreaterOrEqual", binary((a, b) -> above(a, b, 0)));
        TABLE.put("Less", binary((a, b) -> above(b, a, 1)));
        TABLE.put("LessOrEqual", binary((a, b) -> above(b, a, 0)));
        TABLE.put("Where", KnownElements::where);
        TABLE.put("ReduceSum", (n, y) -> reduce(n, y, Dim.ZERO, Dim::plus));
        TABLE.put("ReduceProd", (n, y) -> reduce(n, y, Dim.ONE, Dim::times));
        TABLE.put("ReduceMax", (n, y) -> reduce(n, y, null, (a, b) -> extreme(a, b, true)));
        TABLE.put("ReduceMin", (n, y) -> reduce(n, y, null, (a, b) -> extreme(a, b, false)));
    }

    private KnownElements() {}

    /** Half of the unsigned numbers of 64 bits are no dimensions. */
    static boolean applies(ElementType type) {
        return type != null && type != ElementType.UINT64 && (type.isInteger() || type == ElementType.BOOL);
    }

    static Set<String> names() {
        return Collections.unmodifiableSet(TABLE.keySet());
    }

    /** Sets the known elements of a node's outputs; called after its shape rule. */
    static void infer(ShapeContext n) {
        for (Value output : n.node().outputs()) {
            if (output != null) {
                output.setElements(null);
            }
        }
        Value output = n.node().output(0);
        if (output == null || !applies(output.type()) || !isSmall(output.shape())) {
            return;
        }
        if (n.node().is("Split")) {
            KnownSelections.split(n);
            return;
        }
        Rule rule = n.node().domain().isEmpty() ? TABLE.get(n.node().op()) : null;
        if (rule != null) {
            output.setElements(elements(rule, n, output.shape()));
        }
    }

    private static List<Dim> elements(Rule rule, ShapeContext n, Shape y) {
        try {
            List<Dim> elements = rule.elements(n, y);
            ElementType type = n.node().output().type();
            return elements != null && y.elements().is(elements.size())
                    ? elements.stream().map(d -> stored(d, type)).toList()
                    : null;
        } catch (ArithmeticException e) {
            // Beyond 64 bits, where integers of a tensor wrap around: no size that anyone counts with.
            return null;
        }
    }

    /** What a tensor of a type holds of a number: arithmetic wraps around. Open sizes fit into 32 bits, not into fewer. */
    private static Dim stored(Dim element, ElementType type) {
        if (!element.isConstant()) {
            return type.bits() < 32 && type != ElementType.BOOL ? Dim.unknown() : element;
        }
        long value = element.constant();
        return type.wrapped(value) == value ? element : Dim.of(type.wrapped(value));
    }

    /** Whether a tensor of this shape is followed. */
    static boolean isSmall(Shape shape) {
        return shape != null && shape.isConstant() && shape.count().getAsLong() <= LIMIT;
    }

    private static boolean number(Dim d) {
        return d.isConstant();
    }

    private static Dim truth(boolean value) {
        return value ? Dim.ONE : Dim.ZERO;
    }

    // ---- sources

    private static List<Dim> constant(Tensor tensor) {
        if (tensor == null || !applies(tensor.type()) || tensor.count() > LIMIT) {
            return null;
        }
        List<Dim> elements = new ArrayList<>();
        for (long value : tensor.longs()) {
            elements.add(Dim.of(value));
        }
        return elements;
    }

    private static List<Dim> constantOfShape(ShapeContext n, Shape y) {
        Tensor value = n.node().attribute("value") instanceof dev.hone.graph.Attribute.TensorValue t ? t.value() : null;
        return value == null
                ? null
                : Collections.nCopies(
                        (int) y.count().getAsLong(), constant(value).get(0));
    }

    private static List<Dim> shape(ShapeContext n, Shape y) {
        Shape x = n.shape(0);
        return x == null
                ? null
                : GeneratorShapes.range(n, x.rank()).stream().map(x::dim).toList();
    }

    private static List<Dim> range(ShapeContext n, Shape y) {
        Dim start = n.element(0);
        Dim delta = n.element(2);
        if (start == null || delta == null) {
            return null;
        }
        List<Dim> elements = new ArrayList<>();
        for (long i = 0; i < y.size(0); i++) {
            elements.add(start.plus(delta.times(i)));
        }
        return elements;
    }

    // ---- arithmetic

    private static List<Dim> map(ShapeContext n, UnaryOperator<Dim> function) {
        List<Dim> x = n.elements(0);
        return x == null ? null : x.stream().map(function).toList();
    }

    private static Rule binary(BinaryOperator<Dim> function) {
        return (n, y) -> {
            List<Dim> result = KnownSelections.spread(n, 0, y);
            for (int i = 1; i < n.node().inputs().size() && result != null; i++) {
                List<Dim> other = KnownSelections.spread(n, i, y);
                result = other == null ? null : zip(result, other, function);
            }
            return result;
        };
    }

    private static List<Dim> zip(List<Dim> a, List<Dim> b, BinaryOperator<Dim> function) {
        List<Dim> result = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            result.add(function.apply(a.get(i), b.get(i)));
        }
        return result;
    }

    private static List<Dim> cast(ShapeContext n, Shape y) {
        return n.node().output().type() == ElementType.BOOL
                ? map(n, d -> d.is(0) ? Dim.ZERO : number(d) || d.isAtLeast(1, 0) ? Dim.ONE : Dim.unknown())
                : n.elements(0);
    }

    /** ONNX's integer division truncates; sizes are not negative, where truncation is the floor. */
    private static Dim divide(Dim a, Dim b) {
        if (number(a) && number(b)) {
            // The runtime's process ends at a division by zero; at that of the lowest number by -1 too.
            return b.is(0) || b.is(-1) && a.constant() <= Integer.MIN_VALUE
                    ? Dim.unknown()
                    : Dim.of(a.constant() / b.constant());
        }
        return b.is(0) || a.isAnonymous() || b.isAnonymous() ? Dim.unknown() : a.floorDiv(b);
    }

    private static List<Dim> modulo(ShapeContext n, Shape y) {
        boolean truncated = n.flag("fmod", false);
        return binary((a, b) -> {
                    if (!number(a) || !number(b) || b.is(0)) {
                        return Dim.unknown();
                    }
                    return Dim.of(truncated ? a.constant() % b.constant() : Math.floorMod(a.constant(), b.constant()));
                })
                .elements(n, y);
    }

    private static Dim extreme(Dim a, Dim b, boolean largest) {
        if (a.equals(b) || a.minus(b).isAtLeast(0, 0)) {
            return largest ? a : b;
        }
        return b.minus(a).isAtLeast(0, 0) ? (largest ? b : a) : Dim.unknown();
    }

    private static Dim equal(Dim a, Dim b) {
        if (a.equals(b)) {
            return Dim.ONE;
        }
        boolean apart = a.minus(b).isAtLeast(1, 0) || b.minus(a).isAtLeast(1, 0);
        return apart ? Dim.ZERO : Dim.unknown();
    }

    /** Whether a is at least b plus the margin. */
    private static Dim above(Dim a, Dim b, long margin) {
        if (a.minus(b).isAtLeast(margin, 0)) {
            return Dim.ONE;
        }
        return b.minus(a).isAtLeast(1 - margin, 0) ? Dim.ZERO : Dim.unknown();
    }

    private static List<Dim> where(ShapeContext n, Shape y) {
        List<Dim> condition = KnownSelections.spread(n, 0, y);
        List<Dim> a = KnownSelections.spread(n, 1, y);
        List<Dim> b = KnownSelections.spread(n, 2, y);
        if (condition == null || a == null || b == null) {
            return null;
        }
        List<Dim> result = new ArrayList<>();
        for (int i = 0; i < condition.size(); i++) {
            Dim c = condition.get(i);
            boolean either = a.get(i).equals(b.get(i));
            result.add(c.is(1) || either ? a.get(i) : c.is(0) ? b.get(i) : Dim.unknown());
        }
        return result;
    }

    /** Reduction of everything to one element. */
    private static List<Dim> reduce(ShapeContext n, Shape y, Dim start, BinaryOperator<Dim> function) {
        List<Dim> x = n.elements(0);
        if (x == null || !y.elements().is(1) || (start == null && x.isEmpty())) {
            return null;
        }
        Dim result = start == null ? x.get(0) : start;
        for (Dim d : start == null ? x.subList(1, x.size()) : x) {
            result = function.apply(result, d);
        }
        return List.of(result);
    }
}
