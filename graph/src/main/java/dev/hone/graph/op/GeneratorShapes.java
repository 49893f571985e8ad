package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Operators that make a tensor from nothing but its description: constants, ranges, random numbers, shapes. */
final class GeneratorShapes {
    private GeneratorShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("Constant", GeneratorShapes::constant);
        table.put("ConstantOfShape", GeneratorShapes::constantOfShape);
        table.put("Shape", GeneratorShapes::shape);
        table.put("Size", n -> n.output(0, Shape.SCALAR));
        table.put("Range", GeneratorShapes::range);
        table.put("EyeLike", GeneratorShapes::like);
        table.put("RandomNormalLike", GeneratorShapes::like);
        table.put("RandomUniformLike", GeneratorShapes::like);
        table.put("RandomNormal", GeneratorShapes::random);
        table.put("RandomUniform", GeneratorShapes::random);
        table.put("Multinomial", GeneratorShapes::multinomial);
        table.put("OptionalHasElement", n -> n.output(0, Shape.SCALAR));
        table.put("SequenceLength", n -> n.output(0, Shape.SCALAR));
    }

    private static void constant(ShapeContext n) {
        Tensor tensor = ShapeContext.constantOf(n.node());
        if (tensor == null) {
            return;
        }
        // A single number or text is a scalar.
        boolean scalar = n.node().has("value_string");
        n.outputType(0, tensor.type());
        n.output(0, scalar ? Shape.SCALAR : Shape.of(tensor.dims()));
    }

    private static void constantOfShape(ShapeContext n) {
        Attribute value = n.node().attribute("value");
        n.outputType(0, value instanceof Attribute.TensorValue t ? t.value().type() : ElementType.FLOAT);
        List<Dim> dims = n.elements(0);
        if (dims != null) {
            n.output(0, new Shape(dims));
        } else if (n.shape(0) != null && n.shape(0).rank() == 1 && n.shape(0).isConstant()) {
            n.output(0, ShapeContext.unknownOfRank((int) n.shape(0).size(0)));
        }
    }

    private static void shape(ShapeContext n) {
        Shape x = n.shape(0);
        n.output(0, x == null ? Dim.unknown() : Dim.of(range(n, x.rank()).size()));
    }

    /** The axes between the attributes {@code start} and {@code end}. */
    static List<Integer> range(ShapeContext n, int rank) {
        long start = n.attribute("start", 0);
        long end = n.attribute("end", rank);
        int from = (int) Math.max(0, Math.min(rank, start < 0 ? start + rank : start));
        int to = (int) Math.max(from, Math.min(rank, end < 0 ? end + rank : end));
        return IntStream.range(from, to).boxed().toList();
    }

    private static void range(ShapeContext n) {
        Tensor start = n.tensor(0);
        Tensor limit = n.tensor(1);
        Tensor delta = n.tensor(2);
        if (start != null && limit != null && delta != null) {
            double step = delta.doubles()[0];
            if (step == 0) {
                throw n.error("a step of 0");
            }
            double count = Math.ceil((limit.doubles()[0] - start.doubles()[0]) / step);
            n.output(0, Dim.of(Math.max(0, (long) count)));
            return;
        }
        Dim from = n.element(0);
        Dim to = n.element(1);
        Dim step = n.element(2);
        boolean countable = from != null && to != null && step != null && step.isConstant() && step.constant() > 0;
        Dim span = countable ? to.minus(from) : null;
        n.output(0, countable && span.isAtLeast(0, 0) ? span.ceilDiv(step.constant()) : Dim.unknown());
    }

    private static void like(ShapeContext n) {
        n.outputType(0, n.typeAttribute("dtype", n.type(0)));
        n.output(0, n.shape(0));
    }

    private static void random(ShapeContext n) {
        n.outputType(0, n.typeAttribute("dtype", ElementType.FLOAT));
        long[] shape = n.node().intsAttribute("shape");
        n.output(0, shape == null ? null : Shape.of(shape));
    }

    private static void multinomial(ShapeContext n) {
        n.outputType(0, n.typeAttribute("dtype", ElementType.INT32));
        Shape x = n.shape(0);
        n.output(0, x == null ? Dim.unknown() : x.dim(0), Dim.of(n.attribute("sample_size", 1)));
    }
}
