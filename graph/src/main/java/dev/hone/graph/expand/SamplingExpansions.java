package dev.hone.graph.expand;

import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators that pick elements by position: samples of a grid, reversed and compressed sequences, updated caches. */
final class SamplingExpansions {
    private SamplingExpansions() {}

    static void register(Map<String, Expansion> table) {
        table.put("GridSample", GridSampleExpansion::expand);
        table.put("RoiAlign", RoiAlignExpansion::expand);
        table.put("AffineGrid", SamplingExpansions::affineGrid);
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
        Value zeros = o.op("ConstantOfShape", Map.of("value", Tensor.filled(Sizes.type(n.input(0)), 0, 1)), count);
        Value index = o.cast(o.reshape(n.input(1), -1), ElementType.INT64);
        Value flat = o.op("ScatterElements", Map.of("axis", 0), zeros, index, o.reshape(n.input(0), -1));
        return List.of(o.op("Reshape", flat, shape));
    }

    /**
     * The points {@code theta (x, y, 1)} of an affine transformation theta [N,2,3], or [N,3,4] in space, for x and y over
     * [-1,1]: [N,H,W,2], or [N,D,H,W,3]. The size is (N,C,H,W) or (N,C,D,H,W).
     */
    private static List<Value> affineGrid(Ops o, Node n) {
        Value theta = Sizes.ranked(o, n.input(0), 3);
        Shape sizes = n.input(1).shape();
        if (sizes == null || !sizes.isConstant()) {
            throw new GraphException(n, "the length of " + n.input(1).name() + " must be known to differentiate it");
        }
        int spatial = (int) sizes.size(0) - 2;
        boolean corners = n.intAttribute("align_corners", 0) != 0;
        Value spatialSizes = o.slice(n.input(1), 0, 2, 2L + spatial, 1);
        List<Value> coordinates = new ArrayList<>();
        for (int axis = spatial - 1; axis >= 0; axis--) {
            Value count = o.op("Gather", Map.of("axis", 0), n.input(1), o.constant(Tensor.scalar(2L + axis)));
            Value range = o.op("Range", o.constant(Tensor.scalar(0L)), count, o.constant(Tensor.scalar(1L)));
            Value index = o.cast(range, Sizes.type(theta));
            Value size = o.cast(count, Sizes.type(theta));
            Value at = corners ? corners(o, index, size) : o.add(o.div(o.add(o.mul(index, 2), 1), size), -1);
            long[] apart = new long[spatial];
            Arrays.fill(apart, 1);
            apart[axis] = -1;
            Value all = o.op("Expand", o.reshape(at, apart), spatialSizes);
            coordinates.add(o.reshape(all, -1, 1));
        }
        coordinates.add(o.add(o.mul(coordinates.get(0), 0), 1));
        Value points = o.matmul(o.concat(1, coordinates), o.transpose(theta, 0, 2, 1));
        Value target = o.concat(0, List.of(o.vector(-1), spatialSizes, o.vector(spatial)));
        return List.of(o.op("Reshape", points, target));
    }

    /** Numbers from -1 to 1. If there is only one, it is 1, as ONNX Runtime has it; ONNX does not say. */
    private static Value corners(Ops o, Value index, Value size) {
        Value last = o.add(size, -1);
        Value rest = o.mul(o.sub(last, index), 2);
        return o.sub(o.constantLike(size, 1), o.div(rest, o.op("Max", last, o.constantLike(size, 1))));
    }
}
