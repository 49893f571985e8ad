package dev.hone.graph.op;

import dev.hone.graph.Shape;
import dev.hone.graph.op.AxisRules.Rule;
import java.util.Map;

/** Axes of operators that move, repeat, join or leave out elements. */
final class LayoutAxes {
    private LayoutAxes() {}

    static void register(Map<String, Rule> table) {
        table.put("reshape", ReshapedAxes::link);
        table.put("transpose", LayoutAxes::transpose);
        table.put("concat", LayoutAxes::concat);
        table.put("split", LayoutAxes::split);
        table.put("slice", LayoutAxes::slice);
        table.put("pad", LayoutAxes::pad);
        table.put("expand", n -> n.broadcast(0));
        table.put("tile", LayoutAxes::tile);
        table.put("depth-to-space", LayoutAxes::depthToSpace);
        table.put("space-to-depth", LayoutAxes::spaceToDepth);
        table.put("center-crop-pad", LayoutAxes::sameExtent);
        table.put("resize", LayoutAxes::sameExtent);
        table.put("reverse-sequence", LayoutAxes::reverseSequence);
        table.put("resample", LayoutAxes::resample);
        table.put("regions", n -> n.keep(0, 1, 0, 1));
    }

    // ---- of all axes

    private static void transpose(AxisLinks n) {
        Shape x = n.in(0);
        long[] perm = n.node().intsAttribute("perm");
        // Of a shape that contradicts the permutation nothing is known.
        boolean known = x != null && (perm == null || perm.length == x.rank());
        for (int b = 0; known && b < x.rank(); b++) {
            n.keep(0, perm == null ? x.rank() - 1 - b : AxisLinks.axis(perm[b], x.rank()), 0, b);
        }
    }

    private static void depthToSpace(AxisLinks n) {
        n.keep(0, 0, 0, 0);
        int block = (int) n.context().attribute("blocksize", 1);
        boolean columns = n.node().stringAttribute("mode", "DCR").equals("CRD");
        Shape x = n.in(0);
        if (x == null) {
            return;
        }
        int in = AxisLinks.extent(x, 1);
        if (in >= 0) {
            int out = in / (block * block);
            n.keep(0, 1, 0, 1, IndexMap.byTarget(in, c -> columns ? c / (block * block) : c % out));
        }
        for (int a = 2; a < x.rank(); a++) {
            if (AxisLinks.extent(x, a) >= 0) {
                n.keep(0, a, 0, a, IndexMap.byOrigin(AxisLinks.extent(x, a) * block, j -> j / block));
            }
        }
    }

    private static void spaceToDepth(AxisLinks n) {
        n.keep(0, 0, 0, 0);
        int block = (int) n.context().attribute("blocksize", 1);
        Shape x = n.in(0);
        if (x == null) {
            return;
        }
        int in = AxisLinks.extent(x, 1);
        if (in >= 0) {
            n.keep(0, 1, 0, 1, IndexMap.byOrigin(in * block * block, c -> c % in));
        }
        for (int a = 2; a < x.rank(); a++) {
            if (AxisLinks.extent(x, a) >= 0) {
                n.keep(0, a, 0, a, IndexMap.byTarget(AxisLinks.extent(x, a), i -> i / block));
            }
        }
    }

    // ---- along one axis

    private static void concat(AxisLinks n) {
        Shape y = n.out(0);
        if (y == null) {
            return;
        }
        int axis = AxisLinks.axis(n.context().attribute("axis", 0), y.rank());
        int start = 0;
        for (int i = 0; i < n.node().inputs().size(); i++) {
            Shape x = n.in(i);
            for (int a = 0; x != null && a < y.rank(); a++) {
                if (a != axis) {
                    n.keep(i, a, 0, a);
                }
            }
            int extent = x == null ? -1 : AxisLinks.extent(x, axis);
            int offset = start;
            if (extent >= 0 && start >= 0) {
                n.keep(i, axis, 0, axis, IndexMap.byTarget(extent, c -> offset + c));
            }
            start = extent < 0 || start < 0 ? -1 : start + extent;
        }
    }

    private static void split(AxisLinks n) {
        Shape x = n.in(0);
        if (x == null) {
            return;
        }
        int axis = AxisLinks.axis(n.context().attribute("axis", 0), x.rank());
        int start = 0;
        for (int o = 0; o < n.node().outputs().size(); o++) {
            Shape y = n.out(o);
            for (int a = 0; y != null && a < x.rank(); a++) {
                if (a != axis) {
                    n.keep(0, a, o, a);
                }
            }
            int extent = y == null ? -1 : AxisLinks.extent(y, axis);
            int offset = start;
            if (extent >= 0 && start >= 0) {
                n.keep(0, axis, o, axis, IndexMap.byOrigin(extent, c -> offset + c));
            }
            start = extent < 0 || start < 0 ? -1 : start + extent;
        }
    }

    private static void slice(AxisLinks n) {
        Shape x = n.in(0);
        Shape y = n.out(0);
        long[] starts = n.numbers(1);
        long[] axes = n.node().input(3) == null ? null : n.numbers(3);
        long[] steps = n.node().input(4) == null ? null : n.numbers(4);
        if (x == null
                || y == null
                || starts == null
                || (n.node().input(3) != null && axes == null)
                || (n.node().input(4) != null && steps == null)) {
            return;
        }
        boolean[] sliced = new boolean[x.rank()];
        for (int k = 0; k < starts.length; k++) {
            int axis = axes == null ? k : AxisLinks.axis(axes[k], x.rank());
            sliced[axis] = true;
            int size = AxisLinks.extent(x, axis);
            int count = AxisLinks.extent(y, axis);
            long step = steps == null ? 1 : steps[k];
            if (size >= 0 && count >= 0) {
                long start = starts[k] < 0 ? starts[k] + size : starts[k];
                long first = Math.max(0, Math.min(start, step > 0 ? size : size - 1L));
                n.keep(0, axis, 0, axis, IndexMap.byOrigin(count, j -> (int) (first + j * step)));
            }
        }
        others(n, x, sliced);
    }

    private static void others(AxisLinks n, Shape x, boolean[] changed) {
        for (int a = 0; a < x.rank(); a++) {
            if (!changed[a]) {
                n.keep(0, a, 0, a);
            }
        }
    }

    private static void pad(AxisLinks n) {
        Shape x = n.in(0);
        Shape y = n.out(0);
        long[] pads = n.numbers(1);
        long[] axes = n.node().input(3) == null ? null : n.numbers(3);
        if (x == null || y == null || pads == null || (n.node().input(3) != null && axes == null)) {
            return;
        }
        String mode = n.node().stringAttribute("mode", "constant");
        boolean[] padded = new boolean[x.rank()];
        for (int k = 0; k < pads.length / 2; k++) {
            int axis = axes == null ? k : AxisLinks.axis(axes[k], x.rank());
            int before = (int) pads[k];
            padded[axis] = before != 0 || pads[k + pads.length / 2] != 0;
            int size = AxisLinks.extent(x, axis);
            int count = AxisLinks.extent(y, axis);
            if (padded[axis] && size > 0 && count >= 0) {
                n.keep(0, axis, 0, axis, IndexMap.byOrigin(count, j -> padOrigin(mode, j - before, size)));
            }
        }
        others(n, x, padded);
    }

    /** Where an element comes from that lies at an index of the input or beside it; -1 for the filler. */
    private static int padOrigin(String mode, int at, int size) {
        return switch (mode) {
            case "edge" -> Math.max(0, Math.min(at, size - 1));
            case "wrap" -> Math.floorMod(at, size);
            case "reflect" -> {
                int period = Math.max(1, 2 * (size - 1));
                int folded = Math.floorMod(at, period);
                yield Math.min(folded, period - folded);
            }
            default -> at < size ? at : -1;
        };
    }

    private static void tile(AxisLinks n) {
        Shape x = n.in(0);
        long[] repeats = n.numbers(1);
        for (int a = 0; x != null && repeats != null && a < x.rank(); a++) {
            int size = AxisLinks.extent(x, a);
            if (repeats[a] == 1) {
                n.keep(0, a, 0, a);
            } else if (size > 0) {
                n.keep(0, a, 0, a, IndexMap.byOrigin((int) (size * repeats[a]), j -> j % size));
            }
        }
    }

    // ---- others

    /** An axis whose extent does not change is not touched. */
    private static void sameExtent(AxisLinks n) {
        Shape x = n.in(0);
        Shape y = n.out(0);
        for (int a = 0; x != null && y != null && a < x.rank(); a++) {
            if (x.dim(a).equals(y.dim(a)) && !x.dim(a).isAnonymous()) {
                n.keep(0, a, 0, a);
            }
        }
    }

    private static void reverseSequence(AxisLinks n) {
        int time = (int) n.context().attribute("time_axis", 0);
        n.keepIf(axis -> axis != time);
        n.keep(1, 0, 0, (int) n.context().attribute("batch_axis", 1));
    }

    /** X [N,C,...], grid [N,...,K]. */
    private static void resample(AxisLinks n) {
        n.keep(0, 0, 0, 0);
        n.keep(0, 1, 0, 1);
        n.keep(1, 0, 0, 0);
        for (int a = 1; n.in(1) != null && a < n.in(1).rank() - 1; a++) {
            n.keep(1, a, 0, a + 1);
        }
    }
}
