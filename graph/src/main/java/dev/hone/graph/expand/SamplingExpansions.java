package dev.hone.graph.expand;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;

/** Operators that pick elements by position: samples of a grid, reversed and compressed sequences, updated caches. */
final class SamplingExpansions {
    private SamplingExpansions() {}

    static void register(Map<String, Expansion> table) {
        table.put("GridSample", GridSampleExpansion::expand);
        table.put("ReverseSequence", SamplingExpansions::reverse);
        table.put("Compress", SamplingExpansions::compress);
        table.put("MaxUnpool", SamplingExpansions::unpool);
    }

    /** Elements {@code t < length} of the time axis in the opposite order: a selection by {@code length - 1 - t}, or t. */
    private static List<Value> reverse(Ops o, Node n) {
        Value x = n.input(0);
        int time = (int) n.intAttribute("time_axis", 0);
        Value lengths = o.unsqueeze(Sizes.ranked(o, n.input(1), 1), time);
        Value steps = o.unsqueeze(Sizes.range(o, x, time), 1 - time);
        Value mirrored = o.sub(o.add(lengths, -1), steps);
        Value index = o.op("Where", o.op("Less", steps, lengths), mirrored, steps);
        // [A,B,...] as [A,B,rest]
        Value rows = Sizes.reshape(o, x, Sizes.of(o, x, 0), Sizes.of(o, x, 1), o.vector(-1));
        Value width = o.op("Shape", Map.of("start", 2), rows);
        Value all = o.op("Expand", o.unsqueeze(index, 2), Sizes.join(o, o.vector(1, 1), width));
        Value picked = o.op("GatherElements", Map.of("axis", time), rows, all);
        return List.of(o.op("Reshape", picked, o.shapeOf(x)));
    }

    /** A selection by the positions where the condition holds. */
    private static List<Value> compress(Ops o, Node n) {
        Value positions = o.reshape(o.op("NonZero", Sizes.ranked(o, n.input(1), 1)), -1);
        Value x = n.has("axis") ? n.input(0) : o.reshape(n.input(0), -1);
        return List.of(o.op("Gather", Map.of("axis", n.intAttribute("axis", 0)), x, positions));
    }

    /** Zeros, with the elements at their places in the flat output. */
    private static List<Value> unpool(Ops o, Node n) {
        Value shape = o.shapeOf(n.output());
        Value count = o.op("ReduceProd", Map.of("keepdims", 1), shape);
        Value zeros = o.op(
                "ConstantOfShape", Map.of("value", Tensor.filled(Sizes.type(n.input(0)), 0, 1)), count);
        Value index = o.cast(o.reshape(n.input(1), -1), ElementType.INT64);
        Value flat = o.op("ScatterElements", Map.of("axis", 0), zeros, index, o.reshape(n.input(0), -1));
        return List.of(o.op("Reshape", flat, shape));
    }
}
