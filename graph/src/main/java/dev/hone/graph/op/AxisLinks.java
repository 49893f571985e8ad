package dev.hone.graph.op;

import dev.hone.graph.Dim;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.op.AxisLink.End;
import dev.hone.graph.op.AxisLink.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** A node as the rules of {@link AxisRules} see it, and the links found so far. */
final class AxisLinks {
    private final Node node;
    private final ShapeContext context;
    private final List<AxisLink> links = new ArrayList<>();

    AxisLinks(Node node) {
        this.node = node;
        this.context = new ShapeContext(node);
    }

    List<AxisLink> found() {
        return List.copyOf(links);
    }

    Node node() {
        return node;
    }

    ShapeContext context() {
        return context;
    }

    OperatorTraits traits() {
        return OperatorTraits.of(node);
    }

    /** The shape of an input, or null if it is absent or not known. */
    Shape in(int index) {
        Value value = node.input(index);
        return value == null ? null : value.shape();
    }

    Shape out(int index) {
        Value value = node.output(index);
        return value == null ? null : value.shape();
    }

    /** The numbers of a constant input, or null. */
    long[] numbers(int index) {
        return node.input(index) == null ? null : context.numbers(index);
    }

    /** An extent as a number, -1 where it is a symbol. */
    static int extent(Shape shape, int axis) {
        Dim dim = shape.dim(axis);
        return dim.isConstant() ? Math.toIntExact(dim.constant()) : -1;
    }

    /** An axis from 0 on. */
    static int axis(long axis, int rank) {
        return (int) (axis < 0 ? axis + rank : axis);
    }

    // ---- links

    void keep(int input, int axis, int output, int outputAxis) {
        keep(input, axis, output, outputAxis, IndexMap.IDENTITY);
    }

    void keep(int input, int axis, int output, int outputAxis, IndexMap map) {
        add(Kind.KEPT, input, axis, new End(true, output, outputAxis), map);
    }

    void mix(int input, int axis, int output, int outputAxis) {
        add(Kind.MIXED, input, axis, new End(true, output, outputAxis), IndexMap.IDENTITY);
    }

    void link(Kind kind, int input, int axis, int output, int outputAxis, IndexMap map) {
        add(kind, input, axis, new End(true, output, outputAxis), map);
    }

    void contract(int input, int axis, int other, int otherAxis, IndexMap map) {
        add(Kind.CONTRACTED, input, axis, new End(false, other, otherAxis), map);
    }

    private void add(Kind kind, int input, int axis, End to, IndexMap map) {
        Shape from = in(input);
        Shape target = to.output() ? out(to.index()) : in(to.index());
        boolean known = from != null
                && target != null
                && axis >= 0
                && axis < from.rank()
                && to.axis() >= 0
                && to.axis() < target.rank();
        if (known) {
            links.add(new AxisLink(kind, new End(false, input, axis), to, map));
        }
    }

    /** Keeps the axes of the first input that satisfy a condition, in every output of the same rank, and mixes the others. */
    void keepIf(IntPredicate kept) {
        Shape x = in(0);
        for (int o = 0; x != null && o < node.outputs().size(); o++) {
            for (int a = 0; out(o) != null && out(o).rank() == x.rank() && a < x.rank(); a++) {
                if (kept.test(a)) {
                    keep(0, a, o, a);
                } else {
                    mix(0, a, o, a);
                }
            }
        }
    }

    /** Keeps the axes of an input that was broadcast to the first output, but for those that it was repeated along. */
    void broadcast(int input) {
        Shape x = in(input);
        Shape y = out(0);
        if (x == null || y == null) {
            return;
        }
        for (int a = 0; a < x.rank(); a++) {
            int b = a + y.rank() - x.rank();
            if (b >= 0 && (!x.dim(a).is(1) || y.dim(b).is(1))) {
                keep(input, a, 0, b);
            }
        }
    }
}
