package dev.hone.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.op.Operator.AttributeSignature;
import dev.hone.graph.op.Operator.Occurrence;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OperatorsTest {
    /** What Hone promises to understand: every one has a signature, a shape rule and a cost rule. */
    private static final List<String> SUPPORTED =
            List.of(("Conv ConvTranspose Gemm MatMul Add Sub Mul Div Mod Pow Min Max "
                            + "Mean Sum And Or Xor Not Equal Greater GreaterOrEqual Less LessOrEqual Where Relu LeakyRelu PRelu Elu "
                            + "Selu Celu Clip Sigmoid Tanh HardSigmoid HardSwish Softplus Softsign Gelu Erf Mish Softmax LogSoftmax "
                            + "Hardmax BatchNormalization LayerNormalization InstanceNormalization GroupNormalization LRN "
                            + "LpNormalization MeanVarianceNormalization MaxPool AveragePool LpPool GlobalAveragePool "
                            + "GlobalMaxPool GlobalLpPool ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean "
                            + "ReduceMin ReduceProd ReduceSum ReduceSumSquare ArgMax ArgMin TopK Reshape Flatten Transpose Concat "
                            + "Split Slice Gather GatherElements GatherND ScatterElements ScatterND Pad Expand Tile Squeeze "
                            + "Unsqueeze Resize DepthToSpace SpaceToDepth Dropout Sqrt Exp Log Abs Neg Reciprocal Sign Floor Ceil "
                            + "Round Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh IsNaN IsInf Cast CastLike Identity "
                            + "Constant ConstantOfShape Shape Size Range Einsum LSTM GRU RNN QuantizeLinear DequantizeLinear "
                            + "DynamicQuantizeLinear QLinearConv QLinearMatMul MatMulInteger ConvInteger NonZero OneHot CumSum "
                            + "Trilu If Loop Scan RandomNormal RandomUniform RandomNormalLike RandomUniformLike Bernoulli "
                            + "Multinomial EyeLike AffineGrid GridSample RoiAlign NonMaxSuppression SoftmaxCrossEntropyLoss "
                            + "NegativeLogLikelihoodLoss Attention RotaryEmbedding RMSNormalization Swish CumProd TensorScatter BitCast")
                    .split(" "));

    @Test
    void everySupportedOperatorIsInEveryTable() {
        assertThat(SUPPORTED).doesNotHaveDuplicates().allSatisfy(name -> assertThat(Operators.find("", name))
                .as(name)
                .isNotNull());
        assertThat(ShapeRules.names()).containsAll(SUPPORTED);
        assertThat(CostRules.names()).containsAll(SUPPORTED);
    }

    @Test
    void rulesAreForKnownOperators() {
        TreeSet<String> known = new TreeSet<>();
        Operators.all().forEach(o -> known.add(o.key()));
        assertThat(known)
                .containsAll(ShapeRules.names())
                .containsAll(KnownElements.names())
                .containsAll(CostRules.multiplying());
        assertThat(ShapeRules.names()).containsAll(CostRules.multiplying());
    }

    /** Sequences, optionals, strings and text counts are listed, not followed. */
    @Test
    void everyOtherOperatorOfOnnxIsOneOfThese() {
        TreeSet<String> without = new TreeSet<>();
        Operators.all().forEach(o -> without.add(o.key()));
        without.removeAll(ShapeRules.names());
        assertThat(without)
                .containsExactly(
                        "ConcatFromSequence",
                        "Optional",
                        "OptionalGetElement",
                        "SequenceAt",
                        "SequenceConstruct",
                        "SequenceEmpty",
                        "SequenceErase",
                        "SequenceInsert",
                        "SequenceMap",
                        "SplitToSequence",
                        "StringNormalizer",
                        "StringSplit",
                        "TfIdfVectorizer");
    }

    @Test
    void signaturesAreThoseOfTheSpecification() {
        // https://onnx.ai/onnx/operators/onnx__Conv.html, version 11
        Operator conv = Operators.find("", "Conv");
        assertThat(conv.since()).isEqualTo(11);
        assertThat(conv.minInputs()).isEqualTo(2);
        assertThat(conv.maxInputs()).isEqualTo(3);
        assertThat(conv.maxOutputs()).isEqualTo(1);
        assertThat(conv.input(2).occurrence()).isEqualTo(Occurrence.OPTIONAL);
        assertThat(conv.input(3)).isNull();
        assertThat(conv.attributes().get("group")).isEqualTo(new AttributeSignature("group", "int", false, "1"));
        assertThat(conv.attributes().get("auto_pad").defaultValue()).isEqualTo("NOTSET");
        assertThat(conv.allows(conv.input(0), ElementType.FLOAT16)).isTrue();
        assertThat(conv.allows(conv.input(0), ElementType.INT32)).isFalse();

        Operator concat = Operators.find("", "Concat");
        assertThat(concat.minInputs()).isEqualTo(1);
        assertThat(concat.maxInputs()).isEqualTo(Integer.MAX_VALUE);
        assertThat(concat.input(7).name()).isEqualTo("inputs");
        assertThat(concat.attributes().get("axis").required()).isTrue();

        Operator loop = Operators.find("", "Loop");
        assertThat(loop.minInputs()).isZero();
        assertThat(loop.input(2).occurrence()).isEqualTo(Occurrence.ANY_NUMBER);
        assertThat(loop.input(2).mixed()).isTrue();
        assertThat(loop.attributes().get("body").kind()).isEqualTo("graph");

        // The third input of a clip may be there without the second.
        assertThat(Operators.find("", "Clip").minInputs()).isEqualTo(1);
        assertThat(Operators.find("", "Shape")
                        .allowed(Operators.find("", "Shape").output(0)))
                .containsExactly("int64");
        assertThat(Operators.find("com.microsoft", "FusedMatMul")
                        .attributes()
                        .get("alpha")
                        .defaultValue())
                .isEqualTo("1");
        assertThat(Operators.find("", "Upsample")).as("deprecated at opset 10").isNull();
        assertThat(Operators.find("", "RMSNormalization").since()).isEqualTo(23);
        assertThat(Operators.find("", "NoSuchOperator")).isNull();
    }
}
