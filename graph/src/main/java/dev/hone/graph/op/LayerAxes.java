package dev.hone.graph.op;

import dev.hone.graph.Shape;
import dev.hone.graph.op.AxisRules.Rule;
import dev.hone.graph.op.OperatorTraits.Role;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.LongStream;

/** Axes of operators that compute: layers with weights, normalizations, element-wise operators, windows and reductions. */
final class LayerAxes {
    private LayerAxes() {}

    static void register(Map<String, Rule> table) {
        table.put("same", n -> n.keepIf(axis -> true));
        table.put("broadcast", LayerAxes::broadcast);
        table.put("quantization", LayerAxes::quantization);
        table.put("convolution", LayerAxes::convolution);
        table.put("transposed-convolution", LayerAxes::transposedConvolution);
        table.put("gemm", LayerAxes::gemm);
        table.put("matmul", LayerAxes::matmul);
        table.put("einsum", LayerAxes::einsum);
        table.put("recurrent", LayerAxes::recurrent);
        table.put("batch-normalization", n -> channels(n, axis -> true));
        table.put("instance-normalization", n -> channels(n, axis -> axis < 2));
        table.put("group-normalization", n -> channels(n, axis -> axis < 1));
        table.put("layer-normalization", LayerAxes::layerNormalization);
        table.put("mean-variance-normalization", LayerAxes::meanVariance);
        table.put("lrn", n -> n.keepIf(axis -> axis != 1));
        table.put("softmax", n -> alongAxis(n, n.context().attribute("axis", -1)));
        table.put("cumulate", LayerAxes::cumulate);
        table.put("pool", LayerAxes::pool);
        table.put("reduce", LayerAxes::reduce);
        table.put("top-k", LayerAxes::topK);
        table.put("leading", LayerAxes::leading);
        table.put("leading-axis", n -> n.keep(0, 0, 0, 0));
    }

    // ---- element by element

    private static void broadcast(AxisLinks n) {
        for (int i = 0; i < n.node().inputs().size(); i++) {
            n.broadcast(i);
        }
    }

    /** Scales and zero points that are lists lie along one axis of the data. */
    private static void quantization(AxisLinks n) {
        n.keepIf(axis -> true);
        Shape x = n.in(0);
        for (int i = 1; i < 3; i++) {
            if (x != null && n.in(i) != null && n.in(i).rank() == 1) {
                n.keep(i, 0, 0, AxisLinks.axis(n.context().attribute("axis", 1), x.rank()));
            }
        }
    }

    // ---- layers

    private static int kernel(AxisLinks n) {
        return n.traits().input(Role.KERNEL).index();
    }

    /** A bias lies along the output channels. */
    private static void bias(AxisLinks n) {
        WeightInput bias = n.traits().input(Role.BIAS);
        if (bias != null && n.in(bias.index()) != null) {
            n.keep(bias.index(), 0, 0, 1);
        }
    }

    /** X [N,C,...], W [M,C/g,...], Y [N,M,...]; with one channel per group, output channels belong to input channels. */
    private static void convolution(AxisLinks n) {
        int kernel = kernel(n);
        Shape w = n.in(kernel);
        n.keep(0, 0, 0, 0);
        n.keep(kernel, 0, 0, 1);
        bias(n);
        if (w == null || w.rank() < 2 || AxisLinks.extent(w, 0) < 0 || AxisLinks.extent(w, 1) < 0) {
            return;
        }
        int groups = WeightInput.groups(n.node());
        int perGroup = AxisLinks.extent(w, 1);
        int outputs = AxisLinks.extent(w, 0);
        if (groups == 1) {
            n.contract(0, 1, kernel, 1, IndexMap.IDENTITY);
        } else if (perGroup == 1) {
            n.keep(0, 1, 0, 1, IndexMap.byOrigin(outputs, m -> m / (outputs / groups)));
        } else {
            n.contract(0, 1, kernel, 1, IndexMap.byTarget(groups * perGroup, c -> c % perGroup));
        }
    }

    /** X [N,C,...], W [C,M/g,...], Y [N,M,...]. */
    private static void transposedConvolution(AxisLinks n) {
        Shape w = n.in(1);
        n.keep(0, 0, 0, 0);
        bias(n);
        if (w == null || w.rank() < 2 || AxisLinks.extent(w, 0) < 0 || AxisLinks.extent(w, 1) < 0) {
            return;
        }
        int groups = WeightInput.groups(n.node());
        int perGroup = AxisLinks.extent(w, 1);
        n.contract(0, 1, 1, 0, IndexMap.IDENTITY);
        n.keep(1, 1, 0, 1, groups == 1 ? IndexMap.IDENTITY : IndexMap.byOrigin(groups * perGroup, m -> m % perGroup));
        if (groups > 1 && AxisLinks.extent(w, 0) == groups) {
            IndexMap own = IndexMap.byOrigin(groups * perGroup, m -> m / perGroup);
            n.keep(0, 1, 0, 1, own);
            n.keep(1, 0, 0, 1, own);
        }
    }

    private static void gemm(AxisLinks n) {
        int a = n.context().flag("transA", false) ? 1 : 0;
        int b = n.context().flag("transB", false) ? 0 : 1;
        n.keep(0, a, 0, 0);
        n.keep(1, b, 0, 1);
        n.contract(0, 1 - a, 1, 1 - b, IndexMap.IDENTITY);
        n.broadcast(2);
    }

    private static void matmul(AxisLinks n) {
        int kernel = kernel(n);
        Shape a = n.in(0);
        Shape b = n.in(kernel);
        Shape y = n.out(0);
        if (a == null || b == null || y == null || a.rank() == 0 || b.rank() == 0) {
            return;
        }
        int rows = a.rank() > 1 ? 1 : 0;
        int columns = b.rank() > 1 ? 1 : 0;
        int batch = y.rank() - rows - columns;
        for (int k = 0; k < batch; k++) {
            batch(n, 0, a.rank() - 1 - rows - batch + k, k);
            batch(n, kernel, b.rank() - 1 - columns - batch + k, k);
        }
        if (rows > 0) {
            n.keep(0, a.rank() - 2, 0, batch);
        }
        if (columns > 0) {
            n.keep(kernel, b.rank() - 1, 0, y.rank() - 1);
        }
        n.contract(0, a.rank() - 1, kernel, Math.max(0, b.rank() - 2), IndexMap.IDENTITY);
    }

    private static void batch(AxisLinks n, int input, int axis, int outputAxis) {
        if (axis >= 0
                && (!n.in(input).dim(axis).is(1) || n.out(0).dim(outputAxis).is(1))) {
            n.keep(input, axis, 0, outputAxis);
        }
    }

    /** Labels in the output are kept, those of two inputs alone are contracted. Equations with an ellipsis are not linked. */
    private static void einsum(AxisLinks n) {
        List<String> terms = MatrixShapes.einsumTerms(n.context());
        if (terms.stream().anyMatch(term -> term.contains("."))) {
            return;
        }
        String output = terms.get(terms.size() - 1);
        for (int i = 0; i < terms.size() - 1; i++) {
            for (int a = 0; a < terms.get(i).length(); a++) {
                char label = terms.get(i).charAt(a);
                if (output.indexOf(label) >= 0) {
                    n.keep(i, a, 0, output.indexOf(label));
                    continue;
                }
                for (int j = i + 1; j < terms.size() - 1; j++) {
                    if (terms.get(j).indexOf(label) >= 0) {
                        n.contract(i, a, j, terms.get(j).indexOf(label), IndexMap.IDENTITY);
                    }
                }
            }
        }
    }

    /**
     * X [T,N,I], W [D,gates H,I], R [D,gates H,H], Y [T,D,N,H]; with {@code layout} 1 nothing is linked. Each unit has one
     * row per gate, and what it was in the step before is a column of R.
     */
    private static void recurrent(AxisLinks n) {
        Shape r = n.in(2);
        if (n.context().attribute("layout", 0) != 0 || r == null || AxisLinks.extent(r, 2) < 0) {
            return;
        }
        int units = AxisLinks.extent(r, 2);
        int rows = AxisLinks.extent(r, 1);
        if (rows < 0) {
            return;
        }
        n.mix(0, 0, 0, 0);
        n.keep(0, 1, 0, 2);
        n.contract(0, 2, 1, 2, IndexMap.IDENTITY);
        for (int weights = 1; weights <= 2; weights++) {
            n.keep(weights, 0, 0, 1);
            // A unit's past outputs are read by all units, so that its rows have to do with every index of the output.
            n.link(AxisLink.Kind.MIXED, weights, 1, 0, 3, IndexMap.byTarget(rows, row -> row % units));
        }
        n.mix(2, 2, 0, 3);
    }

    // ---- normalizations

    /** Scales and the like of data [N,C,...], one per channel. */
    private static void channels(AxisLinks n, IntPredicate kept) {
        n.keepIf(kept);
        for (WeightInput input : n.traits().inputs()) {
            if (n.in(input.index()) != null) {
                n.keep(input.index(), 0, 0, 1);
            }
        }
    }

    private static void layerNormalization(AxisLinks n) {
        Shape x = n.in(0);
        if (x == null) {
            return;
        }
        int first = AxisLinks.axis(n.context().attribute("axis", -1), x.rank());
        n.keepIf(axis -> axis < first);
        n.broadcast(1);
        n.broadcast(2);
    }

    private static void meanVariance(AxisLinks n) {
        Shape x = n.in(0);
        long[] axes = n.node().intsAttribute("axes");
        if (x != null) {
            boolean[] mixed = n.context().axes(axes == null ? new long[] {0, 2, 3} : axes, x.rank());
            n.keepIf(axis -> !mixed[axis]);
        }
    }

    // ---- along axes

    private static void alongAxis(AxisLinks n, long axis) {
        Shape x = n.in(0);
        if (x != null) {
            int mixed = AxisLinks.axis(axis, x.rank());
            n.keepIf(a -> a != mixed);
        }
    }

    private static void cumulate(AxisLinks n) {
        long[] axis = n.numbers(1);
        if (axis != null) {
            alongAxis(n, axis[0]);
        }
    }

    /** Images and channels are kept, in the indices of maxima too. */
    private static void pool(AxisLinks n) {
        for (int o = 0; o < n.node().outputs().size(); o++) {
            n.keep(0, 0, o, 0);
            n.keep(0, 1, o, 1);
        }
    }

    private static void reduce(AxisLinks n) {
        Shape x = n.in(0);
        boolean arg = n.node().op().startsWith("Arg");
        long[] axes = arg ? new long[] {n.context().attribute("axis", 0)} : n.numbers(1);
        if (x == null || (axes == null && n.node().input(1) != null)) {
            return;
        }
        boolean none = axes == null || axes.length == 0;
        if (none && n.context().flag("noop_with_empty_axes", false)) {
            n.keepIf(axis -> true);
            return;
        }
        boolean[] reduced = n.context().axes(none ? all(x.rank()) : axes, x.rank());
        boolean keep = n.context().flag("keepdims", true);
        int to = 0;
        for (int a = 0; a < x.rank(); a++) {
            if (!reduced[a]) {
                n.keep(0, a, 0, keep ? a : to++);
            }
        }
    }

    private static long[] all(int rank) {
        return LongStream.range(0, rank).toArray();
    }

    private static void topK(AxisLinks n) {
        Shape x = n.in(0);
        if (x == null) {
            return;
        }
        int chosen = AxisLinks.axis(n.context().attribute("axis", -1), x.rank());
        for (int o = 0; o < 2; o++) {
            for (int a = 0; a < x.rank(); a++) {
                if (a != chosen) {
                    n.keep(0, a, o, a);
                }
            }
        }
    }

    /** The axes that an output has are the first of the input. */
    private static void leading(AxisLinks n) {
        for (int a = 0; n.out(0) != null && a < n.out(0).rank(); a++) {
            n.keep(0, a, 0, a);
        }
    }
}
