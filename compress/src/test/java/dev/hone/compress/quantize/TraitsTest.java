package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.quantize.Traits.Trait;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.OperatorTraits.Role;
import dev.hone.graph.op.Operators;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The table of integer kernels is complete, and agrees with the table of operator facts. */
class TraitsTest {
    /** Operators that stay in float, by the reason. */
    private static final Map<String, String> WITHOUT = Map.of(
            "the passes before quantization remove or rewrite them",
            "BatchNormalization Dropout GlobalMaxPool Identity PRelu Sub",
            "they are of quantized models, which are refused",
            "ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QLinearConv"
                    + " QLinearMatMul QuantizeLinear",
            "recurrent layers have no integer kernel in QDQ form",
            "GRU LSTM RNN",
            "their results are indices, truth values or choices, which have no scale",
            "And ArgMax ArgMin BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Equal Greater"
                    + " GreaterOrEqual Hardmax IsInf IsNaN Less LessOrEqual NonMaxSuppression NonZero Not"
                    + " OneHot Or Shape Size TopK Unique Where Xor",
            "they make numbers of settings, and a few at most",
            "Bernoulli BlackmanWindow Constant ConstantOfShape EyeLike HammingWindow HannWindow"
                    + " MelWeightMatrix Multinomial RandomNormal RandomNormalLike RandomUniform"
                    + " RandomUniformLike Range",
            "control flow, sequences and text stay as they are",
            "ConcatFromSequence If ImageDecoder Loop Optional OptionalGetElement OptionalHasElement"
                    + " RegexFullMatch Scan SequenceAt SequenceConstruct SequenceEmpty SequenceErase"
                    + " SequenceInsert SequenceLength SequenceMap SplitToSequence StringConcat StringNormalizer"
                    + " StringSplit TfIdfVectorizer",
            "the CPU provider has no integer kernel for them in QDQ form",
            "Abs Acos Acosh AffineGrid Asin Asinh Atan Atanh Attention BitCast Cast CastLike Ceil Celu CenterCropPad"
                    + " Col2Im Compress ConvTranspose Cos Cosh CumProd CumSum DFT DeformConv Det Div Einsum Elu Erf Exp"
                    + " Floor Gather GatherElements GatherND GlobalLpPool GridSample GroupNormalization"
                    + " InstanceNormalization LRN LayerNormalization Log LogSoftmax LpNormalization LpPool Max"
                    + " MaxRoiPool MaxUnpool Mean MeanVarianceNormalization Min Mish Mod Neg"
                    + " NegativeLogLikelihoodLoss Pad Pow Reciprocal ReduceL1 ReduceL2 ReduceLogSum"
                    + " ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare"
                    + " RMSNormalization ReverseSequence RoiAlign RotaryEmbedding Round STFT ScatterElements ScatterND Selu Shrink Sign Sin Sinh"
                    + " Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Sqrt Sum Tan"
                    + " TensorScatter ThresholdedRelu Tile Trilu");

    private static Node node(String operator) {
        return new Graph("g").addNode("", operator, List.of());
    }

    @Test
    void everyOperatorHasALineOrIsAnException() {
        Set<String> without = new TreeSet<>();
        Operators.all().stream()
                .filter(o -> o.domain().isEmpty() && !Traits.isListed(node(o.name())))
                .forEach(o -> without.add(o.name()));
        Set<String> named = new TreeSet<>();
        WITHOUT.values().forEach(names -> named.addAll(List.of(names.split(" "))));
        assertThat(without).isEqualTo(named);
    }

    @Test
    void productsAreLinearAndHaveAKernelWhereItIsReadFrom() {
        for (String operator : List.of("Conv", "Gemm", "MatMul")) {
            OperatorTraits traits = OperatorTraits.of(node(operator));
            assertThat(Traits.of(node(operator))).isEqualTo(Trait.WEIGHTED);
            assertThat(traits.is(Fact.LINEAR)).isTrue();
            assertThat(traits.input(Role.KERNEL).index()).isEqualTo(1);
        }
    }
}
