package dev.hone.tflite.convert;

import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** Operators that make one number of many. */
final class Reductions {
    private static final Map<String, String> REDUCTIONS = Map.of(
            "MEAN", "ReduceMean",
            "SUM", "ReduceSum",
            "REDUCE_MAX", "ReduceMax",
            "REDUCE_MIN", "ReduceMin",
            "REDUCE_PROD", "ReduceProd");

    /** TFLite takes no smaller norm than this. */
    private static final float LEAST_NORM = 1e-6f;

    private Reductions() {}

    static void register(Map<String, Rule> table) {
        REDUCTIONS.forEach((name, op) -> table.put(name, c -> reduction(c, op)));
        table.put("ARG_MAX", c -> index(c, "ArgMax"));
        table.put("ARG_MIN", c -> index(c, "ArgMin"));
        table.put("L2_NORMALIZATION", Reductions::normalization);
        table.put("LOCAL_RESPONSE_NORMALIZATION", Reductions::localNormalization);
        table.put(
                "CUMSUM",
                c -> c.put(
                        0,
                        c.ops()
                                .op(
                                        "CumSum",
                                        Map.of("exclusive", c.choice(0), "reverse", c.choice(1)),
                                        c.input(0),
                                        c.ops().constant(Tensor.scalar((long) c.axis(0, c.integers(1)[0]))))));
    }

    private static void reduction(OperatorContext c, String op) {
        boolean keep = c.flag(0);
        boolean[] gone = new boolean[c.rank(0)];
        for (long axis : c.integers(1)) {
            gone[c.axis(0, axis)] = true;
        }
        int[] axes = IntStream.range(0, gone.length).filter(i -> gone[i]).toArray();
        boolean image = c.isImage(0) && (keep || ImageOrder.keepsOrder(gone));
        Value y;
        if (axes.length == 0) {
            y = image ? c.image(0) : c.input(0);
        } else {
            long[] places = Arrays.stream(axes)
                    .map(axis -> image ? ImageOrder.place(axis) : axis)
                    .sorted()
                    .asLongStream()
                    .toArray();
            y = c.ops()
                    .op(
                            op,
                            Map.of("keepdims", keep),
                            image ? c.image(0) : c.input(0),
                            c.ops().vector(places));
        }
        c.put(0, y, image && (keep || axes.length == 0));
    }

    private static void index(OperatorContext c, String op) {
        int axis = c.axis(0, c.integers(1)[0]);
        boolean[] gone = new boolean[c.rank(0)];
        gone[axis] = true;
        boolean image = c.isImage(0) && ImageOrder.keepsOrder(gone);
        c.put(
                0,
                c.ops()
                        .op(
                                op,
                                Map.of("axis", image ? ImageOrder.place(axis) : axis, "keepdims", false),
                                image ? c.image(0) : c.input(0)));
    }

    /** Over the last axis: {@code x / max(|x|, 1e-6)}. */
    private static void normalization(OperatorContext c) {
        boolean image = c.isImage(0);
        Value x = image ? c.image(0) : c.input(0);
        Value norm = c.ops().op("ReduceL2", Map.of("keepdims", true), x, c.ops().vector(image ? 1 : c.rank(0) - 1));
        Value y = c.ops().div(x, c.ops().op("Max", norm, c.ops().constant(LEAST_NORM)));
        c.put(0, Activations.fused(c, 0, y), image);
    }

    /** TFLite sums squares, ONNX takes their mean over the window. */
    private static void localNormalization(OperatorContext c) {
        long size = 2L * c.option(0, 0) + 1;
        if (size < 1 || size > 1 << 15) {
            throw c.damaged("a window of " + size + " channels");
        }
        c.putImage(
                0,
                c.ops()
                        .op(
                                "LRN",
                                Map.of(
                                        "size",
                                        size,
                                        "bias",
                                        c.number(1, 0),
                                        "alpha",
                                        c.number(2, 0) * size,
                                        "beta",
                                        c.number(3, 0)),
                                c.image(0)));
    }
}
