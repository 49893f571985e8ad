package dev.hone.train.loop;

import dev.hone.core.ElementType;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * A toy table: rows of two numbers a, b and two categories. With {@code y = 2 a - b + effect of the first category} the
 * target is y and 3 - y, or the class whether y is positive.
 */
record Rows(int rows, int batch, long seed, boolean classes) implements BatchSource {
    private static final float[] EFFECTS = {0, 1.5f, -2};

    @Override
    public long samples() {
        return rows;
    }

    @Override
    public int batches() {
        return (rows + batch - 1) / batch;
    }

    @Override
    public Stream epoch(int epoch, int first) {
        return new MadeBatches(first, batches(), index -> make(index));
    }

    private Batch make(int index) {
        int size = Math.min(batch, rows - index * batch);
        ByteBuffer numbers = direct(size * 2 * Float.BYTES);
        ByteBuffer categories = direct(size * 2 * Long.BYTES);
        ByteBuffer targets = direct(size * 2 * Float.BYTES);
        ByteBuffer labels = direct(size * Long.BYTES);
        SplittableRandom random = new SplittableRandom(seed + 7919L * index);
        for (int i = 0; i < size; i++) {
            float a = (float) random.nextDouble() * 2 - 1;
            float b = (float) random.nextDouble() * 2 - 1;
            int category = random.nextInt(EFFECTS.length);
            float y = 2 * a - b + EFFECTS[category];
            numbers.putFloat(a).putFloat(b);
            categories.putLong(category).putLong(random.nextInt(2));
            labels.putLong(y > 0 ? 1 : 0);
            targets.putFloat(classes ? (y > 0 ? 0 : 1) : y).putFloat(classes ? (y > 0 ? 1 : 0) : 3 - y);
        }
        Map<String, Batch.Array> arrays = new LinkedHashMap<>();
        arrays.put("numbers", new Batch.Array(ElementType.FLOAT, numbers.flip(), size, 2));
        arrays.put("categories", new Batch.Array(ElementType.INT64, categories.flip(), size, 2));
        arrays.put(Batch.TARGETS, new Batch.Array(ElementType.FLOAT, targets.flip(), size, 2));
        arrays.put(Batch.LABELS, new Batch.Array(ElementType.INT64, labels.flip(), size));
        return new Batch(new int[size], arrays, () -> {});
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Embeddings of the categories beside the numbers, one hidden layer, two outputs. */
    static Model network() {
        Random random = new Random(2);
        Graph graph = new Graph("rows");
        Ops o = new Ops(graph);
        Value numbers = graph.addInput("numbers", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(2)));
        Value categories = graph.addInput("categories", ElementType.INT64, Shape.of(Dim.symbol("N"), Dim.of(2)));
        Value embedded = o.op("Gather", weight(graph, random, "embedding", 3, 4), categories);
        Value row = o.concat(1, List.of(numbers, o.op("Flatten", embedded)));
        Value hidden = o.op(
                "Relu", o.op("Gemm", row, weight(graph, random, "first", 10, 24), weight(graph, random, "bias", 24)));
        Value y = o.op("Gemm", hidden, weight(graph, random, "last", 24, 2));
        y.setName("y");
        graph.addOutput(y);
        return new Model(graph);
    }

    private static Value weight(Graph graph, Random random, String name, long... dims) {
        float[] values = new float[(int) Tensor.count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * 0.3f;
        }
        return graph.addConstant(name, Tensor.ofFloats(values, dims));
    }
}
