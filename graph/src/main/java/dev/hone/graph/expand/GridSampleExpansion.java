package dev.hone.graph.expand;

import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code GridSample}: X [N,C,D1,...,Dk] at the points of a grid [N,O1,...,Ok,k] gives Y [N,C,O1,...,Ok]. Along each axis a
 * point has T neighbours with weights (1 for nearest, 2 for linear, 4 for cubic); the result is the sum over the T^k
 * combinations of neighbours, gathered at once, times the products of their weights.
 */
final class GridSampleExpansion {
    private static final double CUBIC = -0.75;

    private final Ops o;
    private final Value x;
    private final String mode;
    private final String padding;
    private final boolean corners;
    private final int spatial;
    /** Per axis, [N,T,P] for P points: which element, and how much of it. */
    private final List<Value> indices = new ArrayList<>();

    private final List<Value> weights = new ArrayList<>();

    private GridSampleExpansion(Ops o, Node n) {
        this.o = o;
        this.x = n.input(0);
        this.mode = n.stringAttribute("mode", "linear");
        this.padding = n.stringAttribute("padding_mode", "zeros");
        this.corners = n.intAttribute("align_corners", 0) != 0;
        if (x.shape() == null) {
            throw new GraphException(n, "the rank of " + x.name() + " must be known to differentiate it");
        }
        this.spatial = x.shape().rank() - 2;
    }

    static List<Value> expand(Ops o, Node n) {
        return List.of(new GridSampleExpansion(o, n)
                .sample(Sizes.ranked(o, n.input(1), n.input(0).shape().rank())));
    }

    private Value sample(Value grid) {
        Value points = o.reshape(grid, 0, -1, spatial);
        for (int axis = 0; axis < spatial; axis++) {
            // The last coordinate of a point is that of the first axis.
            Value coordinate =
                    o.op("Gather", Map.of("axis", 2), points, o.constant(Tensor.scalar(spatial - 1L - axis)));
            Value size = o.cast(Sizes.scalar(o, x, 2 + axis), Sizes.type(x));
            neighbours(coordinate, size);
        }
        Value index = null;
        Value weight = null;
        for (int axis = 0; axis < spatial; axis++) {
            Value i = apart(indices.get(axis), axis);
            Value w = apart(weights.get(axis), axis);
            index = index == null ? i : o.add(o.mul(index, Sizes.scalar(o, x, 2 + axis)), i);
            weight = weight == null ? w : o.mul(weight, w);
        }
        Value channels = Sizes.of(o, x, 1);
        Value flat = o.reshape(index, 0, 1, -1);
        Value all = o.op("Expand", flat, Sizes.join(o, o.vector(1), channels, o.vector(1)));
        Value picked = o.op("GatherElements", Map.of("axis", 2), o.reshape(x, 0, 0, -1), all);
        long combinations = (long) Math.pow(taps(), spatial);
        // [N,C,T^k,P] times [N,1,T^k,P]
        Value terms = o.mul(o.reshape(picked, 0, 0, combinations, -1), o.reshape(weight, 0, 1, combinations, -1));
        Value sums = o.reduceSum(terms, false, 2);
        List<Value> target = new ArrayList<>(List.of(Sizes.of(o, x, 0), channels));
        for (int axis = 0; axis < spatial; axis++) {
            target.add(Sizes.of(o, grid, 1 + axis));
        }
        return Sizes.reshape(o, sums, target.toArray(Value[]::new));
    }

    private int taps() {
        return mode.equals("nearest") ? 1 : isCubic() ? 4 : 2;
    }

    private boolean isCubic() {
        return mode.endsWith("cubic");
    }

    /** [N,T,P] with T as the given one of k axes, the others of extent 1. */
    private Value apart(Value a, int axis) {
        long[] target = new long[spatial + 2];
        for (int i = 0; i < spatial; i++) {
            target[1 + i] = i == axis ? taps() : 1;
        }
        target[spatial + 1] = -1;
        return o.reshape(a, target);
    }

    private void neighbours(Value coordinate, Value size) {
        Value last = o.add(size, -1);
        Value at = corners
                ? o.mul(o.mul(o.add(coordinate, 1), 0.5), last)
                : o.mul(o.add(o.mul(o.add(coordinate, 1), size), -1), 0.5);
        if (!isCubic() && padding.equals("border")) {
            at = within(at, last);
        } else if (!isCubic() && padding.equals("reflection")) {
            at = within(reflect(at, size), last);
        }
        Value first = o.op(mode.equals("nearest") ? "Round" : "Floor", at);
        List<Value> places = new ArrayList<>();
        List<Value> factors = new ArrayList<>();
        if (mode.equals("nearest")) {
            places.add(first);
            factors.add(o.add(o.mul(first, 0), 1));
        } else {
            Value f = o.sub(at, first);
            Value g = o.sub(o.constantLike(f, 1), f);
            if (isCubic()) {
                factors.addAll(List.of(outer(o.add(f, 1)), inner(f), inner(g), outer(o.add(g, 1))));
            } else {
                factors.addAll(List.of(g, f));
            }
            for (int i = 0; i < factors.size(); i++) {
                places.add(o.add(first, isCubic() ? i - 1 : i));
            }
        }
        stack(places, factors, size, last);
    }

    private void stack(List<Value> places, List<Value> factors, Value size, Value last) {
        List<Value> apart = new ArrayList<>();
        places.forEach(place -> apart.add(o.unsqueeze(place, 1)));
        Value place = o.concat(1, apart);
        apart.clear();
        factors.forEach(factor -> apart.add(o.unsqueeze(factor, 1)));
        Value factor = o.concat(1, apart);
        if (padding.equals("zeros")) {
            Value zero = o.constantLike(place, 0);
            Value inside = o.op("And", o.op("GreaterOrEqual", place, zero), o.op("LessOrEqual", place, last));
            factor = o.op("Where", inside, factor, zero);
        } else if (padding.equals("reflection")) {
            place = reflect(place, size);
        }
        indices.add(o.cast(within(place, last), ElementType.INT64));
        weights.add(factor);
    }

    private Value within(Value at, Value last) {
        return o.op("Min", o.op("Max", at, o.constantLike(at, 0)), last);
    }

    /** Mirrored at the centres of the outermost elements, or at their outer edges, as often as it takes. */
    private Value reflect(Value at, Value size) {
        double low = corners ? 0 : -0.5;
        Value span = corners ? o.op("Max", o.add(size, -1), o.constantLike(at, 1e-6)) : size;
        Value distance = o.op("Abs", o.add(at, -low));
        Value period = o.mul(span, 2);
        Value rest = o.sub(distance, o.mul(period, o.op("Floor", o.div(distance, period))));
        return o.add(o.sub(span, o.op("Abs", o.sub(rest, span))), low);
    }

    /** {@code ((A+2) t - (A+3)) t^2 + 1} for t up to 1 */
    private Value inner(Value t) {
        return o.add(o.mul(o.add(o.mul(t, CUBIC + 2), -CUBIC - 3), o.mul(t, t)), 1);
    }

    /** {@code ((A t - 5 A) t + 8 A) t - 4 A} for t from 1 to 2 */
    private Value outer(Value t) {
        Value a = o.add(o.mul(t, CUBIC), -5 * CUBIC);
        return o.add(o.mul(o.add(o.mul(a, t), 8 * CUBIC), t), -4 * CUBIC);
    }
}
