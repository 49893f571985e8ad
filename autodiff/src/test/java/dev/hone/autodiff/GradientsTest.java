package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.op.Operator;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.Operators;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table is complete with respect to the other tables and to its own tests. */
class GradientsTest {
    /** What Hone promises to differentiate or to refuse by name. */
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
    void everyPromisedOperatorHasAnEntry() {
        assertThat(Gradients.names().keySet()).containsAll(PROMISED);
    }

    /** Operators without an entry: differentiating through one fails and lists those that have a gradient. */
    private static final Map<String, String> WITHOUT = Map.of(
            "its inputs or outputs are no numbers: sequences, optional values, text, files",
            "ConcatFromSequence ImageDecoder Optional OptionalGetElement OptionalHasElement RegexFullMatch SequenceAt"
                    + " SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap"
                    + " SplitToSequence StringConcat StringNormalizer StringSplit TfIdfVectorizer",
            "it has no data, only settings",
            "BlackmanWindow HammingWindow HannWindow MelWeightMatrix",
            "its results are drawn at random, or indices that it chooses",
            "Bernoulli Multinomial NonMaxSuppression Unique",
            "it computes with whole numbers",
            "ConvInteger MatMulInteger QLinearConv QLinearMatMul",
            "nobody has asked for it yet",
            "BitCast CenterCropPad Col2Im CumProd DFT DeformConv Det MaxRoiPool STFT TensorScatter");

    @Test
    void everyOperatorHasAnEntryOrIsAnException() {
        Set<String> without = new TreeSet<>();
        Operators.all().stream()
                .filter(o -> o.domain().isEmpty())
                .map(Operator::name)
                .filter(name -> !Gradients.names().containsKey(name))
                .forEach(without::add);
        Set<String> named = new TreeSet<>();
        WITHOUT.values().forEach(names -> named.addAll(Arrays.asList(names.split(" "))));
        assertThat(without).isEqualTo(named);
    }

    /** Both tables tell of the same: a gradient that is zero everywhere is that of a step, or there is nothing to change. */
    @Test
    void zeroGradientsAreThoseOfStepsShapesAndConstants() {
        Gradients.names().forEach((op, gradient) -> {
            OperatorTraits traits = OperatorTraits.find("", op);
            if (gradient.equals("zero")) {
                assertThat(traits.facts())
                        .as(op)
                        .containsAnyOf(Fact.DISCONTINUOUS, Fact.SIZES, Fact.GENERATES, Fact.RANDOM);
            } else if (gradient.equals("yes")) {
                // The bounds of a Range may be computed.
                assertThat(traits.is(Fact.SIZES) || traits.is(Fact.GENERATES) && !op.equals("Range"))
                        .as(op)
                        .isFalse();
            }
        });
    }

    @Test
    void everyEntryIsAnOperatorOfTheTableOfOperators() {
        assertThat(Gradients.names().keySet()).allMatch(op -> Operators.find("", op) != null);
    }

    @Test
    void everyDerivativeIsCheckedAgainstFiniteDifferences() {
        Set<String> checked = OperatorGradientTest.cases().map(OperatorCase::op).collect(Collectors.toSet());
        Set<String> unchecked = new TreeSet<>(Gradients.differentiable());
        unchecked.removeAll(checked);
        // Straight-through gradients are no derivatives; BackwardTest checks them, and control flow ControlFlowTest.
        assertThat(unchecked).containsExactly("Compress", "DequantizeLinear", "If", "QuantizeLinear");
    }

    @Test
    void saysWhatItIs() {
        Map<String, String> names = Gradients.names();
        assertThat(names.get("Conv")).isEqualTo("yes");
        assertThat(names.get("Floor")).isEqualTo("zero");
        assertThat(names.get("DynamicQuantizeLinear")).startsWith("none: its scale depends on its input");
    }
}
