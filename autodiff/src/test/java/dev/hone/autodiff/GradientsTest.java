package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.op.Operators;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The gradient table is complete with respect to the operator table and to its own tests. */
class GradientsTest {
    /** The operators that Hone documents as differentiable or explicitly not differentiable. */
    private static final List<String> PROMISED =
            Arrays.asList(("Conv ConvTranspose Gemm MatMul Add Sub Mul Div Pow Mod "
                            + "Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Not "
                            + "Relu LeakyRelu PRelu Elu Selu Celu Clip Sigmoid Tanh HardSigmoid HardSwish Softplus Gelu Erf Mish "
                            + "Softmax LogSoftmax BatchNormalization LayerNormalization InstanceNormalization "
                            + "GroupNormalization MaxPool AveragePool GlobalAveragePool GlobalMaxPool ReduceL1 ReduceL2 "
                            + "ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum "
                            + "ReduceSumSquare Reshape Flatten Transpose Concat Split Slice Gather GatherElements "
                            + "ScatterElements Pad Expand Tile Squeeze Unsqueeze Resize DepthToSpace SpaceToDepth Dropout Where "
                            + "Sqrt Exp Log Abs Neg Reciprocal Min Max Mean Sum Cast Identity Constant ConstantOfShape Shape "
                            + "Range Einsum LSTM GRU QuantizeLinear DequantizeLinear DynamicQuantizeLinear ArgMax ArgMin Floor "
                            + "Ceil Round Sign")
                    .split(" "));

    @Test
    void everyDocumentedOperatorHasAnEntry() {
        assertThat(Gradients.names().keySet()).containsAll(PROMISED);
    }

    @Test
    void everyEntryIsAKnownOperator() {
        assertThat(Gradients.names().keySet()).allMatch(op -> Operators.find("", op) != null);
    }

    @Test
    void everyDerivativeIsCheckedAgainstFiniteDifferences() {
        Set<String> checked = OperatorGradientTest.cases().map(OperatorCase::op).collect(Collectors.toSet());
        Set<String> unchecked = new TreeSet<>(Gradients.differentiable());
        unchecked.removeAll(checked);
        // Straight-through estimators are not derivatives; BackwardTest checks them.
        assertThat(unchecked).containsExactly("DequantizeLinear", "QuantizeLinear");
    }

    @Test
    void describesEachGradient() {
        Map<String, String> names = Gradients.names();
        assertThat(names.get("Conv")).isEqualTo("yes");
        assertThat(names.get("Floor")).isEqualTo("zero");
        assertThat(names.get("LSTM")).startsWith("none: recurrent layers have no gradient");
    }
}
