package dev.hone.graph.op;

import dev.hone.graph.Shape;
import dev.hone.graph.op.AxisRules.Rule;
import java.util.Map;

/** Axes of operators that look elements up, or put them, by index. */
final class IndexAxes {
    private IndexAxes() {}

    static void register(Map<String, Rule> table) {
        table.put("gather", IndexAxes::gather);
        table.put("gather-elements", IndexAxes::gatherElements);
        table.put("gather-nd", IndexAxes::gatherNd);
        table.put("scatter-elements", IndexAxes::scatterElements);
        table.put("scatter-nd", n -> n.keepIf(axis -> true));
        table.put("one-hot", IndexAxes::oneHot);
    }

    private static void gather(AxisLinks n) {
        Shape x = n.in(0);
        Shape indices = n.in(1);
        if (x == null || indices == null) {
            return;
        }
        int axis = AxisLinks.axis(n.context().attribute("axis", 0), x.rank());
        for (int a = 0; a < x.rank(); a++) {
            if (a != axis) {
                n.keep(0, a, 0, a < axis ? a : a + indices.rank() - 1);
            }
        }
        for (int k = 0; k < indices.rank(); k++) {
            n.keep(1, k, 0, axis + k);
        }
        long[] chosen = n.numbers(1);
        if (chosen != null && indices.rank() == 1 && AxisLinks.extent(x, axis) >= 0) {
            int size = AxisLinks.extent(x, axis);
            n.keep(0, axis, 0, axis, IndexMap.byOrigin(chosen.length, j -> AxisLinks.axis(chosen[j], size)));
        }
    }

    private static void gatherElements(AxisLinks n) {
        Shape x = n.in(0);
        if (x == null) {
            return;
        }
        int axis = AxisLinks.axis(n.context().attribute("axis", 0), x.rank());
        for (int a = 0; a < x.rank(); a++) {
            if (a != axis) {
                n.keep(0, a, 0, a);
            }
            n.keep(1, a, 0, a);
        }
    }

    private static void scatterElements(AxisLinks n) {
        n.keepIf(axis -> true);
        Shape x = n.in(0);
        for (int a = 0; x != null && a < x.rank(); a++) {
            if (a != AxisLinks.axis(n.context().attribute("axis", 0), x.rank())) {
                n.keep(2, a, 0, a);
            }
        }
    }

    private static void gatherNd(AxisLinks n) {
        Shape x = n.in(0);
        Shape indices = n.in(1);
        if (x == null || indices == null || AxisLinks.extent(indices, indices.rank() - 1) < 0) {
            return;
        }
        int batch = (int) n.context().attribute("batch_dims", 0);
        int looked = batch + AxisLinks.extent(indices, indices.rank() - 1);
        for (int a = 0; a < batch; a++) {
            n.keep(0, a, 0, a);
        }
        for (int a = looked; a < x.rank(); a++) {
            n.keep(0, a, 0, indices.rank() - 1 + a - looked);
        }
        for (int k = 0; k < indices.rank() - 1; k++) {
            n.keep(1, k, 0, k);
        }
    }

    private static void oneHot(AxisLinks n) {
        Shape indices = n.in(0);
        if (indices == null) {
            return;
        }
        int axis = AxisLinks.axis(n.context().attribute("axis", -1), indices.rank() + 1);
        for (int a = 0; a < indices.rank(); a++) {
            n.keep(0, a, 0, a < axis ? a : a + 1);
        }
    }
}
