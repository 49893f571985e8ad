package dev.hone.tflite.convert;

import dev.hone.graph.Value;
import java.util.Map;

/** Pools over windows, and means over all of an image. Padding takes no part in averages. */
final class Pools {
    private Pools() {}

    static void register(Map<String, Rule> table) {
        table.put("AVERAGE_POOL_2D", c -> pool(c, "AveragePool"));
        table.put("MAX_POOL_2D", c -> pool(c, "MaxPool"));
    }

    private static void pool(OperatorContext c, String op) {
        Value x = c.image(0);
        SlidingWindow window = SlidingWindow.of(
                c,
                new long[] {c.option(4, 0), c.option(3, 0)},
                new long[] {c.option(2, 0), c.option(1, 0)},
                new long[] {1, 1},
                c.choice(0));
        Value y = c.ops().op(op, window.attributes(x.shape(), new long[4]), x);
        c.putImage(0, Activations.fused(c, 5, y));
    }
}
