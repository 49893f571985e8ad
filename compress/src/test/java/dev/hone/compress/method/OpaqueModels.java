package dev.hone.compress.method;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** Small models with operators that Hone does not know and ONNX Runtime has. */
public final class OpaqueModels {
    private static final int WIDTH = 32;

    private OpaqueModels() {}

    interface Body {
        /** @param x [N,6,32] */
        Value of(Ops ops, Value x);
    }

    private static final Map<String, Body> BODIES = Map.of(
            "activation", (ops, x) -> project(ops, opaque(ops, "com.microsoft", "QuickGelu", project(ops, x, 1)), 2),
            "normalization without a domain",
                    (ops, x) -> project(
                            ops, opaque(ops, "", "SimplifiedLayerNormalization", project(ops, x, 1), ones(ops)), 2),
            "unknown shape",
                    (ops, x) -> {
                        Value flat = ops.op("Flatten", opaque(ops, "com.microsoft", "QuickGelu", project(ops, x, 1)));
                        return ops.matmul(flat, weights(ops, 2, 6 * WIDTH, 16));
                    },
            "between known ones of unknown type",
                    (ops, x) -> {
                        Value a = opaque(ops, "com.microsoft", "QuickGelu", project(ops, x, 1));
                        Value b = ops.op("Softmax", Map.of("axis", -1), ops.op("Relu", a));
                        return project(ops, ops.op("Add", b, opaque(ops, "com.microsoft", "QuickGelu", b)), 2);
                    },
            "parameters of its own",
                    (ops, x) -> {
                        Value row = ops.constant(gaussian(5, 0.3, WIDTH));
                        return project(ops, opaque(ops, "com.microsoft", "BiasGelu", project(ops, x, 1), row), 2);
                    },
            "sequences",
                    (ops, x) -> {
                        Value h = project(ops, x, 1);
                        Value parts = ops.op("SplitToSequence", Map.of("axis", 1), h, ops.constant(Tensor.scalar(3L)));
                        Value more = ops.op("SequenceInsert", parts, ops.op("Relu", h));
                        return project(ops, ops.op("ConcatFromSequence", Map.of("axis", 1), more), 2);
                    },
            "optionals",
                    (ops, x) -> project(ops, ops.op("OptionalGetElement", ops.op("Optional", project(ops, x, 1))), 2),
            "a function of the model", (ops, x) -> project(ops, opaque(ops, "local", "Block", project(ops, x, 1)), 2),
            "the first and the last",
                    (ops, x) -> opaque(
                            ops,
                            "com.microsoft",
                            "FastGelu",
                            project(ops, opaque(ops, "com.microsoft", "QuickGelu", x), 1)));

    /** What the models are called, by where the unknown operator is. */
    public static List<String> names() {
        return BODIES.keySet().stream().sorted().toList();
    }

    private static Value opaque(Ops ops, String domain, String op, Value... inputs) {
        Node node = ops.graph().addNode(domain, op, Arrays.asList(inputs));
        return node.addOutput(ops.graph().freshName(op));
    }

    private static Value project(Ops ops, Value x, int seed) {
        return ops.matmul(x, weights(ops, seed, WIDTH, WIDTH));
    }

    private static Value weights(Ops ops, int seed, long... dims) {
        return ops.constant(gaussian(seed, 0.2, dims));
    }

    private static Value ones(Ops ops) {
        return ops.constant(Tensor.filled(ElementType.FLOAT, 1, WIDTH));
    }

    private static Tensor gaussian(int seed, double deviation, long... dims) {
        Random random = new Random(seed);
        float[] values = new float[(int) Tensor.count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return Tensor.ofFloats(values, dims);
    }

    /** The model of a name, a new one each time. */
    public static Model of(String name) {
        Graph graph = new Graph("g");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(6), Dim.of(WIDTH)));
        Value y = BODIES.get(name).of(new Ops(graph), x);
        y.setName("y");
        graph.addOutput(y.setType(ElementType.FLOAT));
        Model model = new Model(graph);
        model.opsets().put("com.microsoft", 1L);
        model.opsets().put("local", 1L);
        Graph block = new Graph("Block");
        Ops ops = new Ops(block);
        block.addOutput(ops.op("Relu", ops.op("Neg", block.addInput("a", null, null))));
        model.functions()
                .add(new Function("local", "Block", "", List.of(), Map.of(), block, Map.of("", Model.OPSET), ""));
        return model;
    }

    /** Sixteen samples. */
    public static final CalibrationFeeds DATA = new CalibrationFeeds() {
        @Override
        public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
            try (NativeTensor x =
                    NativeTensor.ofFloats(gaussian(3, 1, 16, 6, WIDTH).floats(), 16, 6, WIDTH)) {
                consumer.accept(Map.of("x", x));
            }
        }
    };

    /** What a model makes of eight other samples. */
    public static float[] run(Model model) {
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults());
                NativeTensor x =
                        NativeTensor.ofFloats(gaussian(4, 1, 8, 6, WIDTH).floats(), 8, 6, WIDTH)) {
            Map<String, NativeTensor> found = session.run(Map.of("x", x));
            float[] y = found.get("y").floats();
            found.values().forEach(NativeTensor::close);
            return y;
        }
    }
}
