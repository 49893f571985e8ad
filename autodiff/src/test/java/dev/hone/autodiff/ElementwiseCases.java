package dev.hone.autodiff;

import static dev.hone.autodiff.OperatorCase.absent;
import static dev.hone.autodiff.OperatorCase.away;
import static dev.hone.autodiff.OperatorCase.distinct;
import static dev.hone.autodiff.OperatorCase.fixed;
import static dev.hone.autodiff.OperatorCase.normal;
import static dev.hone.autodiff.OperatorCase.of;
import static dev.hone.autodiff.OperatorCase.x;

import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import java.util.List;

/** Arithmetic, functions, activations. */
final class ElementwiseCases {
    private static final double[] AT_ZERO = {0};

    private ElementwiseCases() {}

    static List<OperatorCase> all() {
        return List.of(
                of("Add", normal(2, 3), normal(2, 3)).order(2),
                of("Add", normal(2, 3, 4), normal(3, 1)).named("broadcast"),
                of("Sub", normal(3), normal(2, 3)),
                of("Sub", normal(2, 1, 3), normal(4, 1)),
                of("Mul", normal(2, 3), normal(2, 3)).order(2),
                of("Mul", normal(2, 3, 4, 5), normal(3, 1, 1))
                        .named("per channel")
                        .order(2),
                of("Mul", normal(2, 3, 4, 5), normal(2, 3, 1, 1)).named("squeeze and excite"),
                of("Mul", normal(2, 3), normal()).named("scalar"),
                of("Div", normal(2, 3), x(0.5, 2, 2, 3)).order(2),
                of("Div", x(0.5, 2, 3, 1), x(0.5, 2, 2, 3, 4)),
                of("Pow", x(0.5, 2, 2, 3), x(-2, 2, 2, 3)).order(2),
                of("Pow", normal(2, 3), fixed(Tensor.scalar(2f)))
                        .named("squared")
                        .order(2),
                of("Pow", normal(2, 3), fixed(Tensor.scalar(3f))).named("cubed").order(2),
                of("Pow", x(0.5, 2, 2, 3), fixed(Tensor.scalar(-0.5f))).named("inverse root"),
                of("Mod", fixed(Tensor.ofFloats(new float[] {5.3f, -4.4f, 7.9f}, 3)), x(2.1, 2.15, 3))
                        .with("fmod", 1),
                of("Sum", normal(2, 3), normal(3), normal(2, 1)).order(2),
                of("Mean", normal(2, 3), normal(3), normal(2, 1)),
                of("Max", x(-2, -1, 2, 3), x(-0.5, 0, 3), x(-3, -2, 2, 1)),
                of("Max", away(AT_ZERO, 2, 3), fixed(Tensor.scalar(0f))).named("with a constant"),
                of("Min", distinct(2, 3), x(-0.02, 0.02, 3)),
                of("Where", fixed(Tensor.ofBools(new boolean[] {true, false, true}, 3)), normal(2, 3), normal(1, 3)),
                of("Neg", normal(2, 3)),
                of("Abs", away(AT_ZERO, 2, 3)),
                of("Sqrt", x(0.5, 2, 2, 3)).order(2),
                of("Reciprocal", x(0.5, 2, 2, 3)).order(2),
                of("Exp", normal(2, 3)).order(2),
                of("Log", x(0.5, 2, 2, 3)).order(2),
                of("Erf", normal(2, 3)).order(2),
                of("Sin", normal(2, 3)).order(2),
                of("Cos", normal(2, 3)).order(2),
                of("Tan", x(-1, 1, 2, 3)).order(2),
                of("Asin", x(-0.8, 0.8, 2, 3)).order(2),
                of("Acos", x(-0.8, 0.8, 2, 3)).order(2),
                of("Atan", normal(2, 3)).order(2),
                of("Sinh", normal(2, 3)).order(2),
                of("Cosh", normal(2, 3)).order(2),
                of("Asinh", normal(2, 3)).order(2),
                of("Acosh", x(1.2, 2, 2, 3)).order(2),
                of("Atanh", x(-0.8, 0.8, 2, 3)).order(2),
                of("Cast", normal(2, 3)).with("to", ElementType.DOUBLE.onnx()),
                of("CastLike", normal(2, 3), fixed(Tensor.scalar(0f))),
                of("Relu", away(AT_ZERO, 2, 3)),
                of("LeakyRelu", away(AT_ZERO, 2, 3)).with("alpha", 0.1f),
                of("ThresholdedRelu", away(new double[] {0.5}, 2, 3)).with("alpha", 0.5f),
                of("PRelu", away(AT_ZERO, 2, 3, 4), normal(3, 1)),
                of("Elu", away(AT_ZERO, 2, 3)).with("alpha", 0.7f).order(2),
                of("Selu", away(AT_ZERO, 2, 3)).order(2),
                of("Celu", away(AT_ZERO, 2, 3)).with("alpha", 1.3f).order(2).inFloat(),
                of("Clip", away(new double[] {-1, 1}, 3, 4), fixed(Tensor.scalar(-1f)), fixed(Tensor.scalar(1f))),
                of("Clip", away(new double[] {-1, 1}, 3, 4), x(-1, -1), x(1, 1)).named("variable bounds"),
                of("Clip", away(AT_ZERO, 3, 4), fixed(Tensor.scalar(0f))).named("below only"),
                of("Clip", normal(3, 4), fixed(Tensor.scalar(0.5f)), fixed(Tensor.scalar(-0.5f)))
                        .named("bounds in the wrong order"),
                of("Clip", away(new double[] {-0.5, 0.5}, 3, 4), x(0.5, 0.5), x(-0.5, -0.5))
                        .named("variable bounds in the wrong order"),
                of("Clip", away(new double[] {0.5}, 3, 4), x(0.5, 0.5)).named("variable bound below"),
                of("Clip", away(new double[] {0.5}, 3, 4), absent(), x(0.5, 0.5))
                        .named("variable bound above"),
                of(
                                "Clip",
                                normal(3, 4),
                                fixed(Tensor.filled(ElementType.DOUBLE, -1e39)),
                                fixed(Tensor.filled(ElementType.DOUBLE, 1e39)))
                        .named("bounds that are no floats"),
                of("CastLike", normal(2, 3), normal(4)).named("like is differentiated"),
                of("Sigmoid", normal(2, 3)).order(2),
                of("Tanh", normal(2, 3)).order(2),
                of("HardSigmoid", away(new double[] {-1, 1}, 3, 4))
                        .with("alpha", 0.5f)
                        .with("beta", 0.5f),
                of("HardSwish", x(-5, -3.2, 2, 3)),
                of("HardSwish", x(-2.8, 2.8, 2, 3)).named("between").order(2),
                of("HardSwish", x(3.2, 5, 2, 3)).named("above"),
                of("Softplus", normal(2, 3)).order(2),
                of("Softsign", away(AT_ZERO, 2, 3)).order(2),
                of("Shrink", away(new double[] {-0.5, 0.5}, 2, 3))
                        .with("bias", 0.3f)
                        .inFloat(),
                of("Mish", normal(2, 3)).order(2),
                of("Gelu", normal(2, 3)).order(2),
                of("Gelu", normal(2, 3)).with("approximate", "tanh").order(2),
                of("Softmax", normal(2, 3, 4)).order(2),
                of("Softmax", normal(2, 3, 4)).with("axis", 1),
                of("LogSoftmax", normal(2, 3, 4)).order(2),
                of("LogSoftmax", normal(2, 3, 4)).with("axis", 0));
    }
}
