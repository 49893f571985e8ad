package dev.hone.autodiff;

import static dev.hone.autodiff.OperatorCase.absent;
import static dev.hone.autodiff.OperatorCase.away;
import static dev.hone.autodiff.OperatorCase.distinct;
import static dev.hone.autodiff.OperatorCase.fixed;
import static dev.hone.autodiff.OperatorCase.ints;
import static dev.hone.autodiff.OperatorCase.normal;
import static dev.hone.autodiff.OperatorCase.of;
import static dev.hone.autodiff.OperatorCase.x;

import dev.hone.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Reductions, rearrangements, indexing. */
final class ReductionAndLayoutCases {
    private static final double[] AT_ZERO = {0};

    private ReductionAndLayoutCases() {}

    static List<OperatorCase> all() {
        List<OperatorCase> cases = new ArrayList<>();
        for (String op : List.of("ReduceSum", "ReduceMean", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp")) {
            cases.add(of(op, normal(2, 3, 4), ints(1)).order(2));
            cases.add(of(op, normal(2, 3, 4), ints(0, -1)).with("keepdims", 0));
            cases.add(of(op, normal(2, 3, 4)).named("over all"));
            cases.add(of(op, normal(2, 3)).with("keepdims", 0).named("over all"));
            for (int keep = 0; keep <= 1; keep++) {
                cases.add(of(op, x(0.5, 2, 2, 3), ints()).with("keepdims", keep).named("no axes"));
                cases.add(of(op, x(0.5, 2, 2, 3), ints()).with("keepdims", keep).with("noop_with_empty_axes", 1));
            }
            cases.add(of(op, x(0.5, 2, 2, 3)).with("noop_with_empty_axes", 1));
            cases.add(of(op, x(0.5, 2, 3, 3, 3), ints(-2)).with("keepdims", 0).named("cube"));
        }
        cases.addAll(List.of(
                of("ReduceL1", away(AT_ZERO, 2, 3, 4), ints(1)),
                of("ReduceLogSum", x(0.5, 2, 2, 3, 4), ints(1)).with("keepdims", 0),
                of("ReduceProd", x(0.5, 2, 2, 3, 4), ints(1)).with("keepdims", 0),
                of("ReduceMax", distinct(2, 3, 4), ints(1, 2)),
                of("ReduceMin", distinct(2, 3, 4), ints(0)).with("keepdims", 0),
                of("CumSum", normal(3, 4), fixed(Tensor.scalar(1L))).with("exclusive", 1),
                of("CumSum", normal(3, 4), fixed(Tensor.scalar(0L))).with("reverse", 1)));
        cases.addAll(List.of(
                of("Identity", normal(2, 3)),
                of("Dropout", normal(2, 3)),
                of("Reshape", normal(2, 3, 4), ints(0, -1)),
                of("Reshape", normal(0, 3), ints(3, 0)).with("allowzero", 1),
                of("Reshape", normal(2, 0), ints(0, 5, 7)).with("allowzero", 1),
                of("Flatten", normal(2, 3, 4)),
                of("Squeeze", normal(2, 1, 4, 1), ints(1)),
                of("Unsqueeze", normal(2, 4), ints(0, -1)),
                of("Transpose", normal(2, 3, 4)),
                of("Transpose", normal(2, 3, 4)).with("perm", new long[] {2, 0, 1}),
                of("Expand", normal(3, 1), ints(2, 3, 4)),
                of("Tile", normal(2, 3), ints(2, 3)),
                of("Concat", normal(2, 3), normal(2, 1), normal(2, 4)).with("axis", 1),
                of("Split", normal(2, 7), ints(3, 4)).with("axis", 1).outputs(2),
                of("Slice", normal(5, 6), ints(1, -4), ints(4, -1)),
                of("Slice", normal(5, 6), ints(1), ints(1000), ints(-1), ints(2))
                        .named("strided"),
                of("Slice", normal(7, 6), ints(-1), ints(Long.MIN_VALUE), ints(0), ints(-3))
                        .named("backwards"),
                of("Slice", normal(4, 6), ints(5), ints(0), ints(1), ints(-2)).named("backwards in part"),
                of("Pad", normal(2, 3), ints(1, 0, 0, 2)),
                of("Pad", normal(2, 5), ints(0, 1, 0, -2), x(1, 2)).named("with a value, cropping"),
                of("Pad", normal(3, 4), ints(2, 1, 1, 3)).with("mode", "reflect"),
                of("Pad", normal(3, 4), ints(2, 1, 1, 3)).with("mode", "edge"),
                of("Pad", normal(3, 4), ints(2, 1, 1, 3)).with("mode", "wrap"),
                of("Pad", normal(3, 4), ints(1, 2), absent(), ints(-1)).named("one axis"),
                of("DepthToSpace", normal(2, 8, 2, 3)).with("blocksize", 2),
                of("DepthToSpace", normal(2, 8, 2, 3)).with("blocksize", 2).with("mode", "CRD"),
                of("SpaceToDepth", normal(2, 3, 4, 6)).with("blocksize", 2),
                of("Trilu", normal(3, 4)).with("upper", 0),
                of("Gather", normal(3, 4), fixed(Tensor.scalar(-1L))).with("axis", 1),
                of("Gather", normal(3, 4), ints(2)),
                of("Gather", normal(5, 3), fixed(Tensor.ofLongs(new long[] {0, 2, 2, -1}, 2, 2))),
                of("Gather", normal(2, 5, 3), ints(4, 1, 4)).with("axis", 1),
                of("GatherElements", normal(3, 4), fixed(Tensor.ofLongs(new long[] {0, 0, 3, 1, 2, -1}, 3, 2)))
                        .with("axis", 1),
                of("GatherND", normal(3, 4), fixed(Tensor.ofLongs(new long[] {0, 1, 2, 2, 0, 1}, 3, 2))),
                of("GatherND", normal(2, 4), fixed(Tensor.ofLongs(new long[] {1, 3}, 2, 1)))
                        .with("batch_dims", 1),
                of(
                                "ScatterElements",
                                normal(3, 4),
                                fixed(Tensor.ofLongs(new long[] {0, 2, 1, 3, 0, 1}, 3, 2)),
                                normal(3, 2))
                        .with("axis", 1),
                of(
                                "ScatterElements",
                                normal(3, 4),
                                fixed(Tensor.ofLongs(new long[] {0, 0, 1, 1, 0, 1}, 3, 2)),
                                normal(3, 2))
                        .with("axis", 1)
                        .with("reduction", "add"),
                of("ScatterND", normal(4, 3), fixed(Tensor.ofLongs(new long[] {2, 0}, 2, 1)), normal(2, 3)),
                of("ScatterND", normal(4, 3), fixed(Tensor.ofLongs(new long[] {2, 2}, 2, 1)), normal(2, 3))
                        .with("reduction", "add"),
                scatterElements(1).with("reduction", "mul").order(2),
                scatterElements(1).with("reduction", "max"),
                scatterElements(1).with("reduction", "min"),
                scatterElements(0).with("reduction", "mul"),
                scatterElements(0).with("reduction", "max"),
                scatterNd().with("reduction", "mul"),
                scatterNd().with("reduction", "max"),
                scatterNd().with("reduction", "min"),
                of("OneHot", fixed(Tensor.ofLongs(new long[] {0, 2, -1, 5}, 2, 2)), fixed(Tensor.scalar(3L)), normal(2))
                        .with("axis", 1),
                of("Range", x(0, 0.1), fixed(Tensor.scalar(2.7f)), x(0.5, 0.6)),
                of("Range", x(0, 0.1), x(-2.7, -2.6), x(-0.5, -0.6)).named("downwards, limit too"),
                of("TopK", distinct(3, 5), ints(2)).with("axis", 1).outputs(2)));
        return cases;
    }

    /** Some updates meet at one place. */
    private static OperatorCase scatterElements(int axis) {
        return of(
                        "ScatterElements",
                        distinct(3, 4),
                        fixed(Tensor.ofLongs(new long[] {0, 0, 1, 1, 0, 1}, 3, 2)),
                        distinct(3, 2))
                .with("axis", axis);
    }

    private static OperatorCase scatterNd() {
        return of("ScatterND", distinct(4, 3), fixed(Tensor.ofLongs(new long[] {2, 2, 0}, 3, 1)), distinct(3, 3));
    }
}
