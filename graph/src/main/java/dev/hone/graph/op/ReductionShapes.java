package dev.hone.graph.op;

import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators that take axes away: reductions, positions of extremes, losses. */
final class ReductionShapes {
    static final String[] REDUCE = {
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSum",
        "ReduceSumSquare"
    };

    private ReductionShapes() {}

    static void register(Map<String, ShapeRule> table) {
        for (String name : REDUCE) {
            table.put(name, ReductionShapes::reduce);
        }
        table.put("ArgMax", ReductionShapes::positions);
        table.put("ArgMin", ReductionShapes::positions);
        table.put("NegativeLogLikelihoodLoss", ReductionShapes::loss);
        table.put("SoftmaxCrossEntropyLoss", ReductionShapes::loss);
    }

    /** No axes means all of them, or none under {@code noop_with_empty_axes}. */
    private static void reduce(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        boolean keep = n.flag("keepdims", true);
        long[] axes = n.has(1) ? n.numbers(1) : new long[0];
        if (axes == null) {
            n.output(0, keep ? ShapeContext.unknownOfRank(x.rank()) : null);
            return;
        }
        boolean[] reduced = n.axes(axes, x.rank());
        if (axes.length == 0) {
            Arrays.fill(reduced, !n.flag("noop_with_empty_axes", false));
        }
        n.output(0, without(x, reduced, keep));
    }

    private static Shape without(Shape x, boolean[] reduced, boolean keep) {
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < reduced.length; i++) {
            if (!reduced[i]) {
                dims.add(x.dim(i));
            } else if (keep) {
                dims.add(Dim.ONE);
            }
        }
        return new Shape(dims);
    }

    private static void positions(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        boolean[] reduced = new boolean[x.rank()];
        reduced[n.axisAttribute(0, x.rank())] = true;
        n.output(0, without(x, reduced, n.flag("keepdims", true)));
    }

    /** Scores [N,C,...], labels [N,...]; the loss is a scalar, or like the labels without reduction. */
    private static void loss(ShapeContext n) {
        Shape scores = n.shape(0);
        Shape labels = n.shape(1);
        if (scores != null && labels != null) {
            if (scores.rank() != labels.rank() + 1) {
                throw n.error("labels " + labels + " for scores " + scores + ", expected one axis less");
            }
            for (int i = 0; i < labels.rank(); i++) {
                n.require(scores.dim(i == 0 ? 0 : i + 1), labels.dim(i), "axis " + i + " of the labels");
            }
        }
        boolean none = n.node().stringAttribute("reduction", "mean").equals("none");
        n.output(0, none ? labels : Shape.SCALAR);
        n.output(1, scores);
    }
}
