package dev.hone.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.AxisLink.End;
import dev.hone.graph.op.AxisLink.Kind;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the rules say about axes against what ONNX Runtime computes: one index of an axis of an input is changed, and the
 * indices of the outputs that change are to be those that the links name.
 */
class AxisRulesTest {
    private static final int TRIALS = 5;

    /** A Squeeze without axes leaves fewer axes of a batch of one than its symbol says. */
    @Test
    void aShapeThatContradictsAPermutationHasNoLinks() {
        Graph graph = new Graph("g");
        Node node = graph.addNode("Transpose", graph.addInput("x", ElementType.FLOAT, Shape.of(1, 3, 3, 9)));
        node.set("perm", new long[] {2, 1, 0});
        assertThat(AxisRules.links(node)).isEmpty();
    }

    /** Operator, attributes, inputs (float shapes that are fed, or =dims:numbers for constants of whole numbers), outputs. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Conv|pads=1,1,1,1|2,3,4,4 5,3,3,3 5|1",
                "Conv|group=3|2,3,4,4 6,1,3,3 6|1",
                "Conv|group=2|2,4,4,4 6,2,2,2 6|1",
                "ConvTranspose||2,3,4,4 3,5,2,2 5|1",
                "ConvTranspose|group=2|2,4,4,4 4,3,2,2|1",
                "ConvTranspose|group=3|2,3,4,4 3,2,2,2|1",
                "Gemm||2,3 3,4 4|1",
                "Gemm|transA=1;transB=1|3,2 4,3 2,4|1",
                "MatMul||2,3,4 4,5|1",
                "MatMul||2,1,3,4 3,4,5|1",
                "MatMul||4 4,5|1",
                "MatMul||3,4 4|1",
                "Einsum|equation=bij,bjk->bki|2,3,4 2,4,5|1",
                "Add||2,3,4 3,1|1",
                "Where||=2,3,4:1,0,1,0,0,1,0,1,1,0,1,0,0,1,0,1,1,0,1,0,0,1,0,1:bool 2,3,4 4|1",
                "PRelu||2,3,4 3,1|1",
                "Sum||2,3 3 1,3|1",
                "Relu||2,3|1",
                "Clip||2,3|1",
                "Softmax|axis=1|2,3,4|1",
                "LogSoftmax||2,3|1",
                "LpNormalization|axis=1|2,3,4|1",
                "BatchNormalization||2,3,4 3 3 3 3|1",
                "InstanceNormalization||2,3,4,2 3 3|1",
                "GroupNormalization|num_groups=2|2,4,3,3 4 4|1",
                "LayerNormalization|axis=-2|2,3,4 3,4 4|1",
                "LayerNormalization|axis=-1|2,3,4 4 4|1",
                "MeanVarianceNormalization|axes=1,2|2,3,4|1",
                "LRN|size=9|2,3,3,3|1",
                "CumSum||2,3,4 =:1|1",
                "MaxPool|kernel_shape=2,2|2,3,4,4|1",
                "AveragePool|kernel_shape=2,2;strides=2,2|2,3,4,4|1",
                "LpPool|kernel_shape=2,2|2,3,4,4|1",
                "GlobalAveragePool||2,3,4,4|1",
                "GlobalMaxPool||2,3,4,4|1",
                "ReduceMean|keepdims=0|2,3,4 =1:1|1",
                "ReduceSum|keepdims=1|2,3,4 =2:0,-1|1",
                "ReduceMax||2,3|1",
                "ReduceLogSumExp|noop_with_empty_axes=1|2,3|1",
                "ArgMax|axis=1;keepdims=0|2,3,4|1",
                "TopK|axis=1|2,4,3 =1:2|2",
                "Reshape||2,3,4,5 =2:2,60|1",
                "Reshape||2,12 =3:2,3,4|1",
                "Reshape||4,6 =2:8,3|1",
                "Reshape||2,3,4 =3:2,4,3|1",
                "Reshape||2,6,5 =4:2,2,3,5|1",
                "Flatten|axis=1|2,3,2,2|1",
                "Squeeze||2,1,3 =1:1|1",
                "Unsqueeze||2,3 =1:-1|1",
                "Transpose|perm=0,2,3,1|2,3,4,5|1",
                "Transpose||2,3,4|1",
                "Concat|axis=1|2,3 2,2 2,4|1",
                "Split|axis=1|2,5 =2:2,3|2",
                "Slice||2,6 =1:1 =1:6 =1:1 =1:2|1",
                "Slice||2,6 =1:-1 =1:-7 =1:1 =1:-1|1",
                "Pad||2,3,2 =6:0,1,0,0,2,0|1",
                "Pad||2,4 =4:0,-1,0,1|1",
                "Pad|mode=reflect|2,3,4 =6:0,0,2,0,0,1|1",
                "Pad|mode=edge|2,3 =4:0,2,0,1|1",
                "Pad|mode=wrap|2,3 =4:0,2,0,1|1",
                "Expand||3,1 =3:2,3,4|1",
                "Tile||2,3 =2:1,2|1",
                "Gather|axis=1|2,4,3 =3:2,0,2|1",
                "Gather|axis=1|2,4,3 =2,2:2,0,3,1|1",
                "GatherElements|axis=1|2,3 =2,2:1,0,2,1|1",
                "GatherND|batch_dims=1|2,3,4 =2,1:1,1|1",
                "ScatterElements|axis=1|3,4 =2,2:1,2,2,1 2,2|1",
                "ScatterND||3,2 =1,2:1,0 1|1",
                "DepthToSpace|blocksize=2|2,8,2,3|1",
                "DepthToSpace|blocksize=2;mode=CRD|2,8,2,3|1",
                "SpaceToDepth|blocksize=2|2,3,4,4|1",
                "Trilu||2,3,3|1",
                "ReverseSequence|time_axis=0;batch_axis=1|4,2,3 =2:2,4|1",
                "GridSample||2,3,4,4 2,3,2,2|1",
                "LSTM|hidden_size=2|3,2,4 1,8,4 1,8,2|1",
                "GRU|hidden_size=2|3,2,4 1,6,4 1,6,2|1",
            })
    void areWhatTheRuntimeComputes(String text) {
        try (Case c = new Case(text)) {
            Set<String> linked = new TreeSet<>();
            for (AxisLink link : AxisRules.links(c.node)) {
                c.check(link);
                linked.add(link.from() + " " + link.to());
            }
            c.checkNothingIsMissing(linked);
        }
    }

    /** A model of one node. */
    private static final class Case implements AutoCloseable {
        final Node node;
        private final Random random = new Random(7);
        private final Map<String, Tensor> feeds = new LinkedHashMap<>();
        private final Session session;

        Case(String text) {
            String[] parts = text.split("\\|", -1);
            Graph graph = new Graph("case");
            Ops ops = new Ops(graph);
            List<Value> inputs = new ArrayList<>();
            for (String word : parts[2].split(" ")) {
                if (word.startsWith("=")) {
                    inputs.add(ops.constant(whole(word.substring(1).split(":", -1))));
                } else {
                    long[] dims = longs(word);
                    String name = "x" + inputs.size();
                    inputs.add(graph.addInput(name, ElementType.FLOAT, Shape.of(dims)));
                    // The slope of a PRelu matters to negative numbers only.
                    feeds.put(name, numbers(parts[0].equals("PRelu") ? -1 : 1, dims));
                }
            }
            Map<String, Object> attributes = new LinkedHashMap<>();
            for (String word : parts[1].isEmpty() ? new String[0] : parts[1].split(";")) {
                String value = word.substring(word.indexOf('=') + 1);
                String name = word.substring(0, word.indexOf('='));
                String kind =
                        Operators.find("", parts[0]).attributes().get(name).kind();
                attributes.put(
                        name,
                        switch (kind) {
                            case "ints" -> longs(value);
                            case "int" -> Long.valueOf(value);
                            default -> value;
                        });
            }
            node = ops.node("", parts[0], attributes, Integer.parseInt(parts[3]), inputs.toArray(Value[]::new));
            for (Value output : node.outputs()) {
                graph.addOutput(ops.cast(output, ElementType.FLOAT));
            }
            Model model = new Model(graph);
            ShapeInference.run(model);
            session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults());
        }

        private static Tensor whole(String[] parts) {
            long[] dims = longs(parts[0]);
            long[] values = longs(parts[1]);
            if (parts.length > 2) {
                boolean[] bools = new boolean[values.length];
                for (int i = 0; i < bools.length; i++) {
                    bools[i] = values[i] != 0;
                }
                return Tensor.ofBools(bools, dims);
            }
            return Tensor.ofLongs(values, dims);
        }

        private static long[] longs(String text) {
            return text.isEmpty()
                    ? new long[0]
                    : Stream.of(text.split(",")).mapToLong(Long::parseLong).toArray();
        }

        /** Numbers of a sign in [0.1, 1): no kink, bound or root is near. */
        private Tensor numbers(float sign, long... dims) {
            float[] values = new float[(int) Tensor.count(dims)];
            for (int i = 0; i < values.length; i++) {
                values[i] = sign * (0.1f + 0.9f * random.nextFloat());
            }
            return Tensor.ofFloats(values, dims);
        }

        private List<float[]> run(Map<String, Tensor> with) {
            Map<String, NativeTensor> inputs = new LinkedHashMap<>();
            with.forEach((name, tensor) -> {
                NativeTensor fed = NativeTensor.allocate(1, tensor.dims());
                fed.buffer().asFloatBuffer().put(tensor.floats());
                inputs.put(name, fed);
            });
            List<float[]> results = new ArrayList<>();
            session.run(inputs).values().forEach(y -> {
                results.add(y.floats());
                y.close();
            });
            inputs.values().forEach(NativeTensor::close);
            return results;
        }

        private static int stride(long[] dims, int axis) {
            return (int) Tensor.count(Arrays.copyOfRange(dims, axis + 1, dims.length));
        }

        /** The tensor with other numbers, or with zeros, at some indices of an axis. */
        private Tensor changed(Tensor tensor, int axis, boolean zero, int... indices) {
            float[] values = tensor.floats();
            Set<Integer> at = new TreeSet<>();
            Arrays.stream(indices).forEach(at::add);
            int stride = stride(tensor.dims(), axis);
            for (int k = 0; k < values.length; k++) {
                if (at.contains((int) (k / stride % tensor.dim(axis)))) {
                    values[k] = zero ? 0 : 0.1f + 1.8f * random.nextFloat();
                }
            }
            return Tensor.ofFloats(values, tensor.dims());
        }

        private String input(End end) {
            return node.input(end.index()).name();
        }

        private boolean isFed(End end) {
            return feeds.containsKey(input(end));
        }

        /** By index of an axis of an input, the indices of an axis of an output that change with it. */
        private Map<Integer, Set<Integer>> relation(End from, End to) {
            Tensor x = feeds.get(input(from));
            long[] dims = node.output(to.index()).shape().sizes();
            int stride = stride(dims, to.axis());
            List<float[]> before = run(feeds);
            Map<Integer, Set<Integer>> relation = new LinkedHashMap<>();
            for (int c = 0; c < x.dim(from.axis()); c++) {
                Set<Integer> hit = new TreeSet<>();
                for (int trial = 0; trial < TRIALS; trial++) {
                    Map<String, Tensor> with = new LinkedHashMap<>(feeds);
                    with.put(input(from), changed(x, from.axis(), false, c));
                    float[] after = run(with).get(to.index());
                    float[] old = before.get(to.index());
                    for (int k = 0; k < old.length; k++) {
                        if (old[k] != after[k]) {
                            hit.add((int) (k / stride % dims[to.axis()]));
                        }
                    }
                }
                relation.put(c, hit);
            }
            return relation;
        }

        void check(AxisLink link) {
            if (link.kind() == Kind.CONTRACTED) {
                checkContracted(link);
                return;
            }
            if (!isFed(link.from())) {
                return;
            }
            Map<Integer, Set<Integer>> relation = relation(link.from(), link.to());
            if (link.kind() == Kind.MIXED) {
                assertThat(isOneByOne(relation)).as(link.toString()).isFalse();
                return;
            }
            relation.forEach((c, hit) -> {
                Set<Integer> named = new TreeSet<>();
                Arrays.stream(link.map().targets(c)).forEach(named::add);
                assertThat(hit).as(link + " at " + c).isEqualTo(named);
            });
        }

        /** Where the other input is zero at the indices that belong to one, that one has no effect. */
        private void checkContracted(AxisLink link) {
            Tensor x = feeds.get(input(link.from()));
            Tensor other = feeds.get(input(link.to()));
            for (int c = 0; c < x.dim(link.from().axis()); c++) {
                int[] targets = link.map().targets(c);
                assertThat(targets).as(link + " at " + c).isNotEmpty();
                Map<String, Tensor> with = new LinkedHashMap<>(feeds);
                with.put(input(link.to()), changed(other, link.to().axis(), true, targets));
                List<float[]> before = run(with);
                with.put(input(link.from()), changed(x, link.from().axis(), false, c));
                List<float[]> after = run(with);
                for (int o = 0; o < before.size(); o++) {
                    assertThat(after.get(o)).as(link + " at " + c).isEqualTo(before.get(o));
                }
            }
        }

        /** Axes whose indices go one by one have to be linked. */
        void checkNothingIsMissing(Set<String> linked) {
            for (int i = 0; i < node.inputs().size(); i++) {
                for (int o = 0; o < node.outputs().size(); o++) {
                    Shape from = node.input(i).shape();
                    Shape to = node.output(o).shape();
                    for (int a = 0; feeds.containsKey(node.input(i).name()) && a < from.rank(); a++) {
                        for (int b = 0; b < to.rank(); b++) {
                            End x = new End(false, i, a);
                            End y = new End(true, o, b);
                            if (!linked.contains(x + " " + y) && from.size(a) > 1 && to.size(b) > 1) {
                                assertThat(isOneByOne(relation(x, y)))
                                        .as(x + " to " + y + " is not linked, though each index has its own")
                                        .isFalse();
                            }
                        }
                    }
                }
            }
        }

        private static boolean isOneByOne(Map<Integer, Set<Integer>> relation) {
            Set<Integer> seen = new TreeSet<>();
            int sources = 0;
            for (Set<Integer> hit : relation.values()) {
                sources += hit.isEmpty() ? 0 : 1;
                for (int j : hit) {
                    if (!seen.add(j)) {
                        return false;
                    }
                }
            }
            return sources > 1;
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
