package dev.hone.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.OperatorTraits.Role;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table is complete, says of inputs what the signatures say, and of functions what the runtime computes. */
class OperatorTraitsTest {
    /** Not in the table of operators, but met. */
    private static final Map<String, String> BEYOND =
            Map.of("com.microsoft.NhwcFusedConv", "only the runtime's own rewriting makes it");

    /** Axes of these are not described. */
    private static final Map<String, String> WITHOUT_AXES = new TreeMap<>();

    static {
        without("losses are in no model that is deployed", "NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss");
        without("a signal's axes depend on values of its inputs", "DFT STFT");
        without("heads tie groups of channels together", "Attention RotaryEmbedding");
        without("its axes are those of a cache, which are not pruned", "TensorScatter");
        without("bodies decide it", "If Loop Scan SequenceMap");
        without(
                "sequences and optional values are not followed",
                "ConcatFromSequence Optional OptionalGetElement SequenceAt SequenceConstruct SequenceErase"
                        + " SequenceInsert SplitToSequence");
        without(
                "only quantized or optimized files have them, which are not pruned",
                "com.microsoft.Attention com.microsoft.EmbedLayerNormalization com.microsoft.FusedMatMul"
                        + " com.microsoft.GatherBlockQuantized com.microsoft.MatMulNBits"
                        + " com.microsoft.MultiHeadAttention"
                        + " com.microsoft.QGemm com.microsoft.QLinearAdd com.microsoft.QLinearConcat"
                        + " com.microsoft.QLinearMul com.microsoft.QLinearWhere com.microsoft.SkipLayerNormalization"
                        + " com.microsoft.SkipSimplifiedLayerNormalization");
    }

    private static void without(String reason, String names) {
        Stream.of(names.split(" ")).forEach(name -> WITHOUT_AXES.put(name, reason));
    }

    @Test
    void everyOperatorHasALine() {
        Set<String> expected = new TreeSet<>(BEYOND.keySet());
        Operators.all().forEach(o -> expected.add(o.key()));
        assertThat(new TreeSet<>(OperatorTraits.names())).isEqualTo(expected);
    }

    @Test
    void everyOperatorHasARuleOfAxesOrIsAnException() {
        Set<String> unwritten = new TreeSet<>();
        Set<String> used = new TreeSet<>();
        for (String name : OperatorTraits.names()) {
            String axes = traits(name).axes();
            used.add(axes);
            if (axes.equals(AxisRules.UNWRITTEN)) {
                unwritten.add(name);
            }
        }
        assertThat(unwritten).isEqualTo(WITHOUT_AXES.keySet());
        assertThat(used).as("no rule is missing, none is there in vain").isEqualTo(AxisRules.names());
    }

    private static OperatorTraits traits(String key) {
        int dot = key.lastIndexOf('.');
        return OperatorTraits.find(dot < 0 ? "" : key.substring(0, dot), key.substring(dot + 1));
    }

    /** ONNX's names of inputs tell scales, zero points and statistics from weights. */
    @Test
    void settingsAreWhatTheSignaturesCallSo() {
        for (Operator operator : Operators.all()) {
            OperatorTraits traits = traits(operator.key());
            for (int i = 0; i < operator.inputs().size(); i++) {
                String name = operator.inputs().get(i).name().toLowerCase(Locale.ROOT);
                Role role = traits.input(i) == null ? null : traits.input(i).role();
                boolean setting =
                        role == Role.STEP || role == Role.ZERO || role == Role.STATISTIC || role == Role.SETTING;
                assertThat(setting)
                        .as(operator.key() + " " + name)
                        .isEqualTo(name.matches(".*_scale|scales|roi|.*zero_points?|input_mean|input_var"));
                if (role == Role.ZERO) {
                    assertThat(name).contains("zero");
                }
            }
            for (WeightInput input : traits.inputs()) {
                assertThat(operator.input(Math.max(0, input.index())))
                        .as(operator.key())
                        .isNotNull();
            }
        }
    }

    @Test
    void channelsLieWhereOnnxSays() {
        Ops ops = new Ops(new Graph("g"));
        Value x = ops.graph().addInput("x", ElementType.FLOAT, Shape.of(1, 4, 4, 4));
        Value w = ops.graph().addInput("w", ElementType.FLOAT, Shape.of(4, 4, 1, 1));
        Value m = ops.graph().addInput("m", ElementType.FLOAT, Shape.of(4, 4));
        // https://onnx.ai/onnx/operators: W (M x C/group x kH x kW); W (C x M/group x kH x kW); B (K, N), transposed
        // (N, K)
        assertChannels(ops.op("Conv", x, w).producer(), 4, 0, 1);
        assertChannels(ops.op("ConvTranspose", x, w).producer(), 4, 1, 0);
        assertChannels(ops.op("Gemm", m, m).producer(), 2, 1, 0);
        assertChannels(ops.op("Gemm", Map.of("transB", 1), m, m).producer(), 2, 0, 1);
        assertChannels(ops.op("MatMul", m, m).producer(), 2, 1, 0);
        assertChannels(ops.op("MatMul", x, x).producer(), 4, 3, 2);
        assertChannels(ops.op("MatMul", m, m).producer(), 1, -1, -1);
        assertThat(OperatorTraits.find("", "Gemm").inputs().get(1)).hasToString("1=kernel[i,o]^transB");
        assertThat(OperatorTraits.find("", "Relu").inputs()).isEmpty();
        assertThat(OperatorTraits.find("", "Add").input(7).role()).isEqualTo(Role.OPERAND);
        assertThat(OperatorTraits.find("some.domain", "Conv").facts()).isEmpty();
    }

    private static void assertChannels(Node node, int rank, int output, int input) {
        WeightInput kernel = OperatorTraits.of(node).input(Role.KERNEL);
        assertThat(kernel.outputAxis(node, rank)).isEqualTo(output);
        assertThat(kernel.inputAxis(node, rank)).isEqualTo(input);
    }

    // ---- functions of one number

    /** Functions that are defined between -1 and 1, from 0 on, or from 1 on only. */
    private static final Map<String, List<Float>> DOMAINS = Map.of(
            "Acos", List.of(-1f, 1f),
            "Asin", List.of(-1f, 1f),
            "Atanh", List.of(-0.999999f, 0.999999f),
            "Acosh", List.of(1f, 1e6f),
            "Log", List.of(1e-6f, 1e6f),
            "Sqrt", List.of(0f, 1e6f));

    static List<String> functions() {
        // Without a bound a Clip is the identity, and so is a Dropout at inference; a Cast has to be told a type.
        Set<String> special = Set.of("BitCast", "Clip", "Dropout", "Cast", "CastLike", "Bernoulli", "Identity");
        return OperatorTraits.withAxes("same").stream()
                .filter(name -> OperatorTraits.find("", name).is(Fact.ELEMENTWISE))
                .filter(name -> !special.contains(name) && Operators.find("", name) != null)
                .filter(name -> {
                    Operator operator = Operators.find("", name);
                    return operator.inputs()
                                    .get(0)
                                    .type()
                                    .equals(operator.outputs().get(0).type())
                            && operator.allows(operator.input(0), ElementType.FLOAT);
                })
                .toList();
    }

    @ParameterizedTest
    @MethodSource("functions")
    void functionsAreBoundedAndHomogeneousAsTheTableSays(String name) {
        OperatorTraits traits = OperatorTraits.find("", name);
        List<Float> domain = DOMAINS.getOrDefault(name, List.of(-1e6f, 1e6f));
        float[] x = new float[4001];
        for (int i = 0; i < x.length; i++) {
            // Dense around zero, far out at the ends.
            double at = Math.pow(2.0 * i / (x.length - 1) - 1, 9) * 1e6;
            x[i] = (float) Math.max(domain.get(0), Math.min(domain.get(1), at));
        }
        float[] y = run(name, x);
        float lowest = Float.POSITIVE_INFINITY;
        float highest = Float.NEGATIVE_INFINITY;
        for (float v : y) {
            lowest = Math.min(lowest, v);
            highest = Math.max(highest, v);
        }
        if (traits.is(Fact.BOUNDED)) {
            assertThat((double) lowest).isBetween(traits.range()[0] - 1e-5, traits.range()[1]);
            assertThat((double) highest).isBetween(traits.range()[0], traits.range()[1] + 1e-5);
            assertThat(highest - lowest)
                    .as("the range is no wider than it has to be")
                    .isGreaterThan(0.9f);
            assertThat((double) (highest - lowest)).isGreaterThan(0.9 * (traits.range()[1] - traits.range()[0]));
        } else {
            assertThat(Math.max(-lowest, highest)).as("is not bounded").isGreaterThan(4);
        }
        if (!DOMAINS.containsKey(name)) {
            float[] doubled = x.clone();
            for (int i = 0; i < x.length; i++) {
                doubled[i] *= 2;
            }
            float[] z = run(name, doubled);
            boolean homogeneous = true;
            for (int i = 0; i < y.length; i++) {
                homogeneous &= z[i] == 2 * y[i];
            }
            assertThat(traits.is(Fact.HOMOGENEOUS)).isEqualTo(homogeneous);
        }
    }

    private static float[] run(String operator, float[] x) {
        Graph graph = new Graph("f");
        Ops ops = new Ops(graph);
        graph.addOutput(ops.op(operator, graph.addInput("x", ElementType.FLOAT, Shape.of(x.length))));
        Model model = new Model(graph);
        model.opsets()
                .put("", Math.max(Model.OPSET, Operators.find("", operator).since()));
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults());
                NativeTensor in = NativeTensor.allocate(1, x.length)) {
            in.buffer().asFloatBuffer().put(x);
            Map<String, NativeTensor> feeds = new LinkedHashMap<>(Map.of("x", in));
            try (NativeTensor out = session.run(feeds).values().iterator().next()) {
                return out.floats();
            }
        }
    }
}
