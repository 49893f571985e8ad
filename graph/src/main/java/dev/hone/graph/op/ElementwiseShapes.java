package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.util.Map;

/** Operators that work element by element: the output has the input's shape, or that to which the inputs broadcast. */
final class ElementwiseShapes {
    /** One output of the first input's shape. */
    static final String[] UNARY = {
        "Abs",
        "Acos",
        "Acosh",
        "Asin",
        "Asinh",
        "Atan",
        "Atanh",
        "BitwiseNot",
        "Ceil",
        "Celu",
        "Clip",
        "Cos",
        "Cosh",
        "CumProd",
        "CumSum",
        "Elu",
        "Erf",
        "Exp",
        "Floor",
        "Gelu",
        "HardSigmoid",
        "HardSwish",
        "IsInf",
        "IsNaN",
        "LeakyRelu",
        "Log",
        "Mish",
        "Neg",
        "Not",
        "Reciprocal",
        "Relu",
        "ReverseSequence",
        "Round",
        "Selu",
        "Shrink",
        "Sigmoid",
        "Sign",
        "Sin",
        "Sinh",
        "Softplus",
        "Softsign",
        "Sqrt",
        "Swish",
        "Tan",
        "Tanh",
        "TensorScatter",
        "ThresholdedRelu",
        "RegexFullMatch",
        "com.microsoft.Gelu",
        "com.microsoft.QuickGelu",
        "com.microsoft.QLinearLeakyRelu",
        "com.microsoft.QLinearSigmoid"
    };

    /** One output of the shape to which all inputs broadcast. */
    static final String[] BROADCAST = {
        "Add",
        "And",
        "BitShift",
        "BitwiseAnd",
        "BitwiseOr",
        "BitwiseXor",
        "Div",
        "Equal",
        "Greater",
        "GreaterOrEqual",
        "Less",
        "LessOrEqual",
        "Max",
        "Mean",
        "Min",
        "Mod",
        "Mul",
        "Or",
        "Pow",
        "StringConcat",
        "Sub",
        "Sum",
        "Where",
        "Xor",
        "com.microsoft.BiasGelu",
        "com.microsoft.FastGelu"
    };

    private ElementwiseShapes() {}

    static void register(Map<String, ShapeRule> table) {
        for (String name : UNARY) {
            table.put(name, ElementwiseShapes::sameShape);
        }
        for (String name : BROADCAST) {
            table.put(name, ElementwiseShapes::broadcast);
        }
        table.put("Identity", ElementwiseShapes::identity);
        table.put("Bernoulli", ElementwiseShapes::bernoulli);
        table.put("PRelu", ElementwiseShapes::prelu);
        table.put("Cast", ElementwiseShapes::cast);
        table.put("BitCast", ElementwiseShapes::cast);
        table.put("CastLike", ElementwiseShapes::sameShape);
        table.put("Dropout", ElementwiseShapes::dropout);
        table.put("QuantizeLinear", ElementwiseShapes::quantize);
        table.put("DequantizeLinear", ElementwiseShapes::dequantize);
        table.put("com.microsoft.QuantizeLinear", ElementwiseShapes::quantize);
        table.put("com.microsoft.DequantizeLinear", ElementwiseShapes::dequantize);
        table.put("DynamicQuantizeLinear", ElementwiseShapes::dynamicQuantize);
        table.put("com.microsoft.QLinearAdd", n -> n.output(0, n.broadcast(n.shape(0), n.shape(3))));
        table.put("com.microsoft.QLinearMul", n -> n.output(0, n.broadcast(n.shape(0), n.shape(3))));
        table.put("com.microsoft.QLinearWhere", n -> n.output(0, n.broadcast(n.shape(0), n.shape(1), n.shape(4))));
    }

    static void sameShape(ShapeContext n) {
        n.output(0, n.shape(0));
    }

    private static void broadcast(ShapeContext n) {
        int count = n.node().inputs().size();
        Shape[] shapes = new Shape[count];
        for (int i = 0; i < count; i++) {
            shapes[i] = n.has(i) ? n.shape(i) : Shape.SCALAR;
        }
        n.output(0, n.broadcast(shapes));
    }

    private static void identity(ShapeContext n) {
        Value input = n.node().input(0);
        if (input != null && input.otherType() != null) {
            n.node().output().setOtherType(input.otherType());
        }
        sameShape(n);
    }

    private static void bernoulli(ShapeContext n) {
        n.outputType(0, n.typeAttribute("dtype", n.type(0)));
        sameShape(n);
    }

    /** The slope broadcasts one way, to the input's shape. */
    private static void prelu(ShapeContext n) {
        Shape x = n.shape(0);
        Shape slope = n.shape(1);
        if (x != null && slope != null) {
            n.broadcast(x, slope);
            if (slope.rank() > x.rank()) {
                throw n.error("the slope " + slope + " does not broadcast to " + x);
            }
            for (int i = 1; i <= slope.rank(); i++) {
                Dim d = slope.dim(-i);
                if (d.isConstant() && !d.is(1) && x.dim(-i).is(1)) {
                    throw n.error("the slope " + slope + " does not broadcast to " + x);
                }
            }
        }
        n.output(0, x);
    }

    private static void cast(ShapeContext n) {
        n.outputType(0, n.typeAttribute("to", ElementType.FLOAT));
        sameShape(n);
    }

    private static void dropout(ShapeContext n) {
        n.output(0, n.shape(0));
        n.output(1, n.shape(0));
    }

    private static void quantize(ShapeContext n) {
        if (!n.has(2)) {
            n.outputType(0, n.typeAttribute("output_dtype", ElementType.UINT8));
        }
        checkScale(n);
        sameShape(n);
    }

    private static void dequantize(ShapeContext n) {
        checkScale(n);
        sameShape(n);
    }

    /** A scale per channel has as many elements as the axis is long. */
    private static void checkScale(ShapeContext n) {
        Shape x = n.shape(0);
        Shape scale = n.shape(1);
        boolean blocked = n.attribute("block_size", 0) != 0;
        if (x != null
                && scale != null
                && scale.rank() == 1
                && x.rank() > 0
                && !blocked
                && !scale.dim(0).is(1)) {
            n.require(x.dim(n.axisAttribute(1, x.rank())), scale.dim(0), "scale per channel");
        }
    }

    private static void dynamicQuantize(ShapeContext n) {
        n.output(0, n.shape(0));
        n.output(1, Shape.SCALAR);
        n.output(2, Shape.SCALAR);
    }
}
