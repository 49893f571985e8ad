package dev.hone.train.step;

import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How many steps have changed each weight, where weights are held in one phase of training and released in another: Adam
 * corrects the bias of its averages by the steps of the weight, as PyTorch does, not by those of the run. A vector with one
 * number per weight tensor [L], part of the state.
 */
final class WeightAges {
    private final Ops o;
    private final FlatLayout layout;
    private final Value now;

    /** @param before input [L], steps done before this one */
    WeightAges(Ops o, FlatLayout layout, Value before, WeightFactors factors) {
        this.o = o;
        this.layout = layout;
        float[] one = new float[layout.entries().size()];
        for (int i = 0; i < one.length; i++) {
            one[i] = factors.holds(layout.entries().get(i).name()) ? 0 : 1;
        }
        this.now = o.add(before, o.constant(Tensor.ofFloats(one, one.length)));
    }

    /** With this step counted, [L]. */
    Value now() {
        return now;
    }

    /** {@code 1 - beta^t} for each element of the vector [T], t counted from 1. */
    Value correction(Value beta) {
        Value t = o.cast(o.op("Max", now, o.constant(1f)), ElementType.DOUBLE);
        Value power = o.op("Pow", o.cast(beta, ElementType.DOUBLE), t);
        Value one = o.constant(Tensor.ofDoubles(new double[] {1}, 1));
        return expanded(o.cast(o.op("Sub", one, power), ElementType.FLOAT));
    }

    private Value expanded(Value perWeight) {
        int count = layout.entries().size();
        if (count == 1) {
            return perWeight;
        }
        long[] ones = new long[count];
        Arrays.fill(ones, 1);
        List<Value> split = o.node("", "Split", Map.of("axis", 0), count, perWeight, o.vector(ones))
                .outputs();
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(o.op(
                    "Expand", split.get(i), o.vector(layout.entries().get(i).count())));
        }
        return o.concat(0, parts);
    }
}
