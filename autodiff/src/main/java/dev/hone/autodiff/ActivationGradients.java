package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.greater;
import static dev.hone.autodiff.Expressions.indicator;
import static dev.hone.autodiff.Expressions.less;
import static dev.hone.autodiff.Expressions.oneMinus;
import static dev.hone.autodiff.Expressions.onlyWhere;
import static dev.hone.autodiff.Expressions.square;
import static dev.hone.autodiff.Expressions.where;
import static dev.hone.autodiff.Expressions.x;
import static dev.hone.autodiff.Expressions.y;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;

/** Activation functions. At a kink the derivative of the flat side is used. */
final class ActivationGradients {
    private static final float SELU_ALPHA = 1.67326319217681884765625f;
    private static final float SELU_GAMMA = 1.05070102214813232421875f;

    private ActivationGradients() {}

    static void add(GradientRules r) {
        r.elementwise("Relu", (o, n, dy) -> o.mul(dy, step(o, y(n))));
        r.elementwise("LeakyRelu", (o, n, dy) -> {
            return where(o, greater(o, x(n), 0), dy, o.mul(dy, n.floatAttribute("alpha", 0.01f)));
        });
        r.elementwise("ThresholdedRelu", (o, n, dy) -> {
            return onlyWhere(o, greater(o, x(n), n.floatAttribute("alpha", 1)), dy);
        });
        r.elementwise(
                "PRelu",
                (o, n, dy) -> where(o, greater(o, x(n), 0), dy, o.mul(dy, n.input(1))),
                (o, n, dy) -> o.mul(dy, o.op("Min", x(n), o.constantLike(x(n), 0))));
        r.elementwise("Elu", (o, n, dy) -> {
            float alpha = n.floatAttribute("alpha", 1);
            return where(o, greater(o, x(n), 0), dy, o.mul(dy, o.add(y(n), alpha)));
        });
        r.elementwise("Selu", (o, n, dy) -> {
            float alpha = n.floatAttribute("alpha", SELU_ALPHA);
            float gamma = n.floatAttribute("gamma", SELU_GAMMA);
            return where(o, greater(o, x(n), 0), o.mul(dy, gamma), o.mul(dy, o.add(y(n), alpha * gamma)));
        });
        r.elementwise("Celu", (o, n, dy) -> {
            float alpha = n.floatAttribute("alpha", 1);
            return where(o, greater(o, x(n), 0), dy, o.mul(dy, o.add(o.mul(y(n), 1 / alpha), 1)));
        });
        r.elementwise("Clip", ActivationGradients::clip, ActivationGradients::clipLow, ActivationGradients::clipHigh);
        r.elementwise("Sigmoid", (o, n, dy) -> o.mul(dy, o.mul(y(n), complement(o, y(n)))));
        r.elementwise("Tanh", (o, n, dy) -> o.mul(dy, oneMinus(o, square(o, y(n)))));
        r.elementwise("HardSigmoid", (o, n, dy) -> {
            Value slope = o.mul(dy, n.floatAttribute("alpha", 0.2f));
            return o.mul(slope, inside(o, y(n), 0, 1));
        });
        // d/dx x clip(x/6 + 1/2, 0, 1)
        r.elementwise("HardSwish", (o, n, dy) -> {
            Value gate = o.op("HardSigmoid", Map.of("alpha", 1 / 6f, "beta", 0.5f), x(n));
            Value slope = o.mul(o.mul(x(n), 1 / 6f), inside(o, gate, 0, 1));
            return o.mul(dy, o.add(gate, slope));
        });
        r.elementwise("Softplus", (o, n, dy) -> o.mul(dy, o.op("Sigmoid", x(n))));
        r.elementwise("Softsign", (o, n, dy) -> {
            return o.div(dy, square(o, o.add(o.op("Abs", x(n)), 1)));
        });
        r.elementwise("Shrink", (o, n, dy) -> {
            return onlyWhere(o, greater(o, o.op("Abs", x(n)), n.floatAttribute("lambd", 0.5f)), dy);
        });
        // d/dx x tanh(softplus(x))
        r.elementwise("Mish", (o, n, dy) -> {
            Value t = o.op("Tanh", o.op("Softplus", x(n)));
            Value slope = o.mul(o.mul(x(n), o.op("Sigmoid", x(n))), oneMinus(o, square(o, t)));
            return o.mul(dy, o.add(t, slope));
        });
        r.elementwise("Gelu", (o, n, dy) -> {
            boolean tanh = n.stringAttribute("approximate", "none").equals("tanh");
            return o.mul(dy, tanh ? geluTanhSlope(o, x(n)) : geluSlope(o, x(n)));
        });
        // y (dy - sum y dy)
        r.same("Softmax", (o, n, dy) -> {
            Value weighted = o.mul(dy, y(n));
            return o.sub(weighted, o.mul(y(n), sumOverAxis(o, n, weighted)));
        });
        r.same("LogSoftmax", (o, n, dy) -> o.sub(dy, o.mul(o.op("Exp", y(n)), sumOverAxis(o, n, dy))));
    }

    /**
     * For a non-negative value: 1 where it is positive, else 0. A steep HardSigmoid is four times as fast as Sign on
     * the CPU; FP16 cannot represent such a slope.
     */
    private static Value step(Ops o, Value a) {
        return Expressions.type(a) == ElementType.FLOAT
                ? o.op("HardSigmoid", Map.of("alpha", 1e30f, "beta", 0f), a)
                : o.op("Sign", a);
    }

    /** {@code 1 - a} for a in [0, 1], as an activation, which the CPU provider runs in its blocked layout. */
    private static Value complement(Ops o, Value a) {
        return Expressions.type(a) == ElementType.FLOAT
                ? o.op("HardSigmoid", Map.of("alpha", -1f, "beta", 1f), a)
                : oneMinus(o, a);
    }

    private static Value sumOverAxis(Ops o, Node n, Value a) {
        return o.reduceSum(a, true, n.intAttribute("axis", -1));
    }

    /**
     * 1 where {@code low < a < high}, else 0. The product of two steep HardSigmoids, which the CPU provider runs in the
     * blocked layout of the adjacent convolutions. Their slope is a power of two, so they are exact at the bounds.
     */
    private static Value inside(Ops o, Value a, double low, double high) {
        if (Expressions.type(a) == ElementType.FLOAT) {
            float steep = 0x1p100f;
            Value above = o.op("HardSigmoid", Map.of("alpha", steep, "beta", (float) -low * steep), a);
            Value below = o.op("HardSigmoid", Map.of("alpha", -steep, "beta", (float) high * steep), a);
            return o.mul(above, below);
        }
        Value distance = o.op("Abs", o.add(a, -(low + high) / 2));
        return indicator(o, less(o, distance, (high - low) / 2), a);
    }

    /** {@code y = min(max(x, low), high)}: where the bounds are in the wrong order, y is high. */
    private static Value clip(Ops o, Node n, Value dy) {
        Value low = n.input(1);
        Value high = n.input(2);
        if (low != null && high != null && low.isConstant() && high.isConstant()) {
            double a = low.constant().doubles()[0];
            double b = high.constant().doubles()[0];
            if (Math.abs(a) < 1e6 && Math.abs(b) < 1e6) {
                return o.mul(dy, inside(o, y(n), a, b));
            }
        }
        Value gradient = dy;
        if (low != null) {
            gradient = onlyWhere(o, o.op("Greater", x(n), low), gradient);
        }
        return high == null ? gradient : onlyWhere(o, o.op("Less", x(n), high), gradient);
    }

    private static Value clipLow(Ops o, Node n, Value dy) {
        Value hit = o.op("LessOrEqual", x(n), n.input(1));
        Value high = n.input(2);
        return onlyWhere(o, high == null ? hit : o.op("And", hit, o.op("Less", n.input(1), high)), dy);
    }

    private static Value clipHigh(Ops o, Node n, Value dy) {
        Value hit = o.op("GreaterOrEqual", x(n), n.input(2));
        Value low = n.input(1);
        return onlyWhere(o, low == null ? hit : o.op("Or", hit, o.op("GreaterOrEqual", low, n.input(2))), dy);
    }

    /** {@code Phi(x) + x phi(x)} */
    private static Value geluSlope(Ops o, Value x) {
        Value cdf = o.mul(o.add(o.op("Erf", o.mul(x, Math.sqrt(0.5))), 1), 0.5);
        Value density = o.mul(o.op("Exp", o.mul(square(o, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return o.add(cdf, o.mul(x, density));
    }

    /** With {@code u = k (x + c x^3)}, {@code t = tanh u}: {@code (1 + t)/2 + x/2 (1 - t^2) k (1 + 3 c x^2)} */
    private static Value geluTanhSlope(Ops o, Value x) {
        double k = Math.sqrt(2 / Math.PI);
        double c = 0.044715;
        Value x2 = square(o, x);
        Value t = o.op("Tanh", o.mul(x, o.add(o.mul(x2, k * c), k)));
        Value inner = o.add(o.mul(x2, 3 * k * c), k);
        Value slope = o.mul(o.mul(o.mul(x, 0.5), oneMinus(o, square(o, t))), inner);
        return o.add(o.mul(o.add(t, 1), 0.5), slope);
    }
}
