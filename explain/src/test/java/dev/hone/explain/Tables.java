package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.List;
import java.util.function.BiFunction;

/** Small models over tables whose explanations are known by hand. */
final class Tables {
    static final float[] WEIGHTS = {0.5f, -1f, 2f, 0f, 1.5f, -0.25f};

    static final float[] ROW = {1, 2, 3, 0.5f, -2, 4};

    private Tables() {}

    /** The scores of a table's rows are of the second class, the first has none. */
    static Model table(int columns, BiFunction<Ops, Value, Value> score) {
        Model model = new Model(new Graph("table"));
        Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(columns)));
        Ops ops = new Ops(model.graph());
        Value y = score.apply(ops, x);
        model.graph().addOutput(ops.concat(1, List.of(ops.mul(y, 0), y)));
        return model;
    }

    /** Of six columns. */
    static Model table(BiFunction<Ops, Value, Value> score) {
        return table(6, score);
    }

    /** A table of three columns; the score of the second class is the sum over a row of what comes out. */
    static Model summed(BiFunction<Ops, Value, Value> values) {
        return table(3, (ops, x) -> ops.reduceSum(values.apply(ops, x), true, 1));
    }

    static Value linear(Ops ops, Value x) {
        return ops.matmul(x, ops.constant(Tensor.ofFloats(WEIGHTS, 6, 1)));
    }

    static Value column(Ops ops, Value x, int column) {
        return ops.slice(x, 1, column, column + 1, 1);
    }

    /** 3 x0 x1 + x2 x3 x4 + x5, whose Shapley values from 0 divide each product evenly among its factors. */
    static Value products(Ops ops, Value x) {
        Value two = ops.mul(ops.mul(column(ops, x, 0), column(ops, x, 1)), 3);
        Value three = ops.mul(ops.mul(column(ops, x, 2), column(ops, x, 3)), column(ops, x, 4));
        return ops.add(ops.add(two, three), column(ops, x, 5));
    }

    static Explanation explain(Method method, Model model, float[][] baselines, int samples, long seed) {
        SamplingOptions common = OPTIONS.withSamples(samples).withSeed(seed);
        float[] flat = new float[6 * baselines.length];
        for (int r = 0; r < baselines.length; r++) {
            System.arraycopy(baselines[r], 0, flat, 6 * r, 6);
        }
        try (NativeTensor tensor = NativeTensor.ofFloats(flat, baselines.length, 6);
                Attributor attributor = method.open(model, tensor, MethodOptions.of(common))) {
            return attributor.explain(ROW, 1);
        }
    }

    /** One pixel's value as the score, of an image [N,1,height,width]. */
    static Model pixel(int height, int width, int row, int column) {
        Model model = new Model(new Graph("pixel"));
        Shape shape = Shape.of(Dim.symbol("N"), Dim.of(1), Dim.of(height), Dim.of(width));
        Value x = model.graph().addInput("x", ElementType.FLOAT, shape);
        Ops ops = new Ops(model.graph());
        Value line = ops.slice(x, 2, row, row + 1, 1);
        model.graph().addOutput(ops.op("Flatten", ops.slice(line, 3, column, column + 1, 1)));
        return model;
    }
}
