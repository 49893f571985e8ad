package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.greater;
import static dev.hone.autodiff.Expressions.indicator;
import static dev.hone.autodiff.Expressions.minus;
import static dev.hone.autodiff.Expressions.onlyWhere;
import static dev.hone.autodiff.Expressions.square;
import static dev.hone.autodiff.Expressions.where;
import static dev.hone.autodiff.Expressions.x;
import static dev.hone.autodiff.Expressions.y;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;

/** Element-wise arithmetic, elementary functions, comparison and selection. */
final class ArithmeticGradients {
    private ArithmeticGradients() {}

    static void add(GradientRules r) {
        r.elementwise("Add", (o, n, dy) -> dy, (o, n, dy) -> dy);
        r.elementwise("Sub", (o, n, dy) -> dy, (o, n, dy) -> o.neg(dy));
        r.elementwise("Mul", (o, n, dy) -> o.mul(dy, n.input(1)), (o, n, dy) -> o.mul(dy, n.input(0)));
        r.elementwise(
                "Div", (o, n, dy) -> o.div(dy, n.input(1)), (o, n, dy) -> o.neg(o.div(o.mul(dy, y(n)), n.input(1))));
        r.elementwise("Pow", ArithmeticGradients::base, ArithmeticGradients::exponent);
        // y = x - trunc(x / d) d, so that dy/dd = -trunc(x / d) = (y - x) / d
        r.elementwise(
                "Mod", (o, n, dy) -> dy, (o, n, dy) -> o.mul(dy, o.op("Round", o.div(o.sub(y(n), x(n)), n.input(1)))));
        r.variadic("Sum", (o, n, dy, i) -> dy);
        r.variadic("Mean", (o, n, dy, i) -> o.mul(dy, 1.0 / n.inputs().size()));
        r.variadic("Max", ArithmeticGradients::extremum);
        r.variadic("Min", ArithmeticGradients::extremum);
        r.elementwise(
                "Where",
                null,
                (o, n, dy) -> where(o, n.input(0), dy, o.constantLike(dy, 0)),
                (o, n, dy) -> where(o, n.input(0), o.constantLike(dy, 0), dy));

        r.elementwise("Neg", (o, n, dy) -> o.neg(dy));
        r.elementwise("Abs", (o, n, dy) -> o.mul(dy, o.op("Sign", x(n))));
        r.elementwise("Sqrt", (o, n, dy) -> o.div(o.mul(dy, 0.5), y(n)));
        r.elementwise("Reciprocal", (o, n, dy) -> o.neg(o.mul(dy, square(o, y(n)))));
        r.elementwise("Exp", (o, n, dy) -> o.mul(dy, y(n)));
        r.elementwise("Log", (o, n, dy) -> o.div(dy, x(n)));
        r.elementwise(
                "Erf", (o, n, dy) -> o.mul(dy, o.mul(o.op("Exp", o.neg(square(o, x(n)))), 2 / Math.sqrt(Math.PI))));
        r.elementwise("Sin", (o, n, dy) -> o.mul(dy, o.op("Cos", x(n))));
        r.elementwise("Cos", (o, n, dy) -> o.neg(o.mul(dy, o.op("Sin", x(n)))));
        r.elementwise("Tan", (o, n, dy) -> o.mul(dy, o.add(square(o, y(n)), 1)));
        r.elementwise("Asin", (o, n, dy) -> o.div(dy, o.op("Sqrt", minus(o, 1, square(o, x(n))))));
        r.elementwise("Acos", (o, n, dy) -> o.neg(o.div(dy, o.op("Sqrt", minus(o, 1, square(o, x(n)))))));
        r.elementwise("Atan", (o, n, dy) -> o.div(dy, o.add(square(o, x(n)), 1)));
        r.elementwise("Sinh", (o, n, dy) -> o.mul(dy, o.op("Cosh", x(n))));
        r.elementwise("Cosh", (o, n, dy) -> o.mul(dy, o.op("Sinh", x(n))));
        r.elementwise("Asinh", (o, n, dy) -> o.div(dy, o.op("Sqrt", o.add(square(o, x(n)), 1))));
        r.elementwise("Acosh", (o, n, dy) -> o.div(dy, o.op("Sqrt", o.add(square(o, x(n)), -1))));
        r.elementwise("Atanh", (o, n, dy) -> o.div(dy, minus(o, 1, square(o, x(n)))));

        r.same("Cast", (o, n, dy) -> o.cast(dy, Expressions.type(x(n))));
        r.same(
                "CastLike",
                (o, n, dy) -> o.cast(dy, Expressions.type(x(n))),
                (o, n, dy) -> Backward.filledLike(o, n.input(1), 0));
        r.zero("Floor", "Ceil", "Round", "Sign");
        r.zero("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "And", "Or", "Xor");
        r.zero("BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor");
    }

    private static Value base(Ops o, Node n, Value dy) {
        Value a = n.input(0);
        Value b = o.cast(n.input(1), Expressions.type(a));
        if (b.isConstant() && b.constant().count() == 1) {
            double power = b.constant().doubles()[0];
            if (power == 2) {
                return o.mul(dy, o.mul(a, 2));
            }
        }
        Value slope = o.mul(b, o.op("Pow", a, o.add(b, -1)));
        boolean neverZero =
                b.isConstant() && Arrays.stream(b.constant().doubles()).allMatch(power -> power != 0);
        // a^0 is 1 for every a, and 0^-1 infinite.
        return o.mul(dy, neverZero ? slope : where(o, equal(o, b, 0), o.constantLike(b, 0), slope));
    }

    /** The derivative with respect to the exponent is 0 where the base is not positive. */
    private static Value exponent(Ops o, Node n, Value dy) {
        Value a = n.input(0);
        Value positive = greater(o, a, 0);
        Value log = o.op("Log", where(o, positive, a, o.constantLike(a, 1)));
        Value slope = o.mul(y(n), o.cast(log, Expressions.type(y(n))));
        return onlyWhere(o, positive, o.cast(o.mul(dy, slope), Expressions.type(n.input(1))));
    }

    private static Value equal(Ops o, Value a, double number) {
        return o.op("Equal", a, o.constantLike(a, number));
    }

    /** Tied inputs share the gradient equally. */
    private static Value extremum(Ops o, Node n, Value dy, int i) {
        if (n.inputs().size() == 1) {
            return dy;
        }
        Value hit = o.op("Equal", n.input(i), y(n));
        Value ties = null;
        for (Value input : n.inputs()) {
            Value one = indicator(o, o.op("Equal", input, y(n)), dy);
            ties = ties == null ? one : o.add(ties, one);
        }
        return onlyWhere(o, hit, o.div(dy, ties));
    }
}
