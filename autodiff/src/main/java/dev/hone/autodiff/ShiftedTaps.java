package dev.hone.autodiff;

import dev.hone.graph.Dim;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The weight gradient of a 2-D convolution, with the taps split between the two factors: copies of x shifted by the
 * columns of the kernel, [N, k C, L], and copies of dy shifted by its rows, [N, k M, L]. L counts the output positions,
 * extended by the rows of the kernel. One matrix product yields all k x k taps, and 2 k copies are written instead of k
 * k as in im2col.
 *
 * <p>At stride s, tap u reads x at {@code j s + u d - p = s (j + f) + r}: rows r modulo s of x, shifted by f. Rows of
 * the kernel with the same r share a product.
 *
 * <p>Milliseconds on one core, batch 32, this form / im2col / PyTorch: 24 to 24 channels at 80 x 80 47 / 69 / 43, 48 to
 * 48 at 40 x 40 35 / 44 / 24, 96 to 96 at 20 x 20 32 / 34 / 21, 24 to 48 at 80 x 80 stride 2 29 / 45 / 18.
 */
final class ShiftedTaps {
    /** Below this many products per position the copies cost more than they save. */
    private static final long FEW_PRODUCTS = 64;

    private final Ops o;
    private final Window w;
    private final long outputs;
    private final long inputs;
    private final Value x;
    private final Value dy;

    ShiftedTaps(Ops o, Window w, long outputs, long inputs, Value x, Value dy) {
        this.o = o;
        this.w = w;
        this.outputs = outputs;
        this.inputs = inputs;
        this.x = x;
        this.dy = dy;
    }

    static boolean applies(Window w, long inputs, Value x, Value dy) {
        return w.spatial() == 2
                && w.kernel()[0] > 1
                && w.kernel()[1] > 1
                && inputs * w.taps() >= FEW_PRODUCTS
                && Window.sizes(x.shape()) != null
                && Window.sizes(dy.shape()) != null;
    }

    /** How a tap along one axis reads x: phase and shift. */
    private record Move(int tap, long phase, long shift) {}

    private List<Move> moves(int axis) {
        List<Move> moves = new ArrayList<>();
        for (int u = 0; u < w.kernel()[axis]; u++) {
            long offset = u * w.dilations()[axis] - w.before()[axis];
            long stride = w.strides()[axis];
            moves.add(new Move(u, Math.floorMod(offset, stride), Math.floorDiv(offset, stride)));
        }
        return moves;
    }

    Value gradient() {
        List<Move> rowMoves = moves(0);
        long least = Math.min(0, rowMoves.get(0).shift());
        long most = rowMoves.stream().mapToLong(Move::shift).max().orElseThrow();
        TreeMap<Long, List<Move>> byPhase = new TreeMap<>();
        rowMoves.forEach(
                m -> byPhase.computeIfAbsent(m.phase(), k -> new ArrayList<>()).add(m));
        List<Value> products = new ArrayList<>();
        List<Long> order = new ArrayList<>();
        for (List<Move> rows : byPhase.values()) {
            Value moved = movedOutputs(rows, least, most);
            Value columns = movedInputs(rows.get(0).phase(), least, most);
            Value sums = o.reduceSum(o.matmul(moved, o.transpose(columns, 0, 2, 1)), false, 0);
            products.add(o.reshape(sums, outputs, rows.size(), w.kernel()[1], inputs));
            rows.forEach(row -> order.add((long) row.tap()));
        }
        Value taps = o.concat(1, products);
        if (products.size() > 1) {
            long[] from = new long[order.size()];
            for (int i = 0; i < from.length; i++) {
                from[order.get(i).intValue()] = i;
            }
            taps = o.op("Gather", Map.of("axis", 1), taps, o.vector(from));
        }
        return o.transpose(taps, 0, 3, 1, 2);
    }

    /** [N, k C, L]: a row phase of x, split into column phases, each shifted by a column of the kernel. */
    private Value movedInputs(long phase, long least, long most) {
        long[] in = Window.sizes(x.shape());
        long[] out = Window.sizes(dy.shape());
        List<Value> copies = new ArrayList<>();
        TreeMap<Long, Value> phases = new TreeMap<>();
        for (Move column : moves(1)) {
            long high = Expressions.ceilDiv(in[0] - phase, w.strides()[0]);
            long wide = Expressions.ceilDiv(in[1] - column.phase(), w.strides()[1]);
            long[] before = {0, 0, -least, -column.shift()};
            long[] after = {0, 0, out[0] + most - high, out[1] + column.shift() - wide};
            Value part = phases.computeIfAbsent(column.phase(), q -> phase(phase, q));
            copies.add(o.reshape(DataMovement.pad(o, part, before, after), 0, 0, -1));
        }
        return o.concat(1, copies);
    }

    private Value phase(long row, long column) {
        if (w.unitStrides()) {
            return x;
        }
        Value ends = o.vector(Long.MAX_VALUE, Long.MAX_VALUE);
        return o.op("Slice", x, o.vector(row, column), ends, o.vector(2, 3), o.vector(w.strides()));
    }

    /**
     * [N, k M, L]: dy shifted by rows of the kernel. For consecutive rows this is one concatenation: in dy, zeros, dy,
     * zeros, dy, each segment of L positions starts one row later in dy than the previous one.
     */
    private Value movedOutputs(List<Move> rows, long least, long most) {
        long high = Window.sizes(dy.shape())[0];
        long wide = Window.sizes(dy.shape())[1];
        long stretch = high + most - least;
        boolean consecutive = dy.shape().isConstant();
        for (int i = 1; i < rows.size(); i++) {
            consecutive &= rows.get(i).shift() == rows.get(i - 1).shift() + 1;
        }
        List<Value> parts = new ArrayList<>();
        if (consecutive) {
            long first = rows.get(0).shift() - least;
            long last = most - rows.get(rows.size() - 1).shift();
            addZeros(parts, first);
            for (int i = 0; i < rows.size(); i++) {
                if (i > 0) {
                    addZeros(parts, stretch + 1 - high);
                }
                parts.add(dy);
            }
            addZeros(parts, last);
        } else {
            for (Move row : rows) {
                long[] before = {0, 0, row.shift() - least, 0};
                long[] after = {0, 0, most - row.shift(), 0};
                parts.add(DataMovement.pad(o, dy, before, after));
            }
        }
        return o.reshape(o.concat(2, parts), 0, outputs * rows.size(), stretch * wide);
    }

    private void addZeros(List<Value> parts, long rows) {
        if (rows > 0) {
            long[] dims = dy.shape().with(2, Dim.of(rows)).sizes();
            parts.add(o.op("Expand", o.constant(Tensor.filled(Expressions.type(dy), 0)), o.vector(dims)));
        }
    }
}
