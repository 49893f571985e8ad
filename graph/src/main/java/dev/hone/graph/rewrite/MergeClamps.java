package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Simplifies Relu and Clip, and merges consecutive ones.
 *
 * <pre>
 * Clip(x, 0, inf)             =  Relu(x)
 * Clip(x, -inf, inf)          =  x
 * Clip(Clip(x, a, b), c, d)   =  Clip(x, clip(a; c, d), clip(b; c, d))     Relu being Clip(., 0, inf)
 * </pre>
 *
 * <p>A bound that is absent is the lowest or the largest number of the type, to which infinity is clipped. The inner node must
 * have no other uses. Results are bitwise identical.
 */
public final class MergeClamps implements RewriteRule {
    @Override
    public String description() {
        return "Simplify Relu and Clip, and merge consecutive ones.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Clip", "Relu");
    }

    private record Range(double low, double high) {
        static Range of(Node node) {
            if (node.is("Relu")) {
                return new Range(0, Double.POSITIVE_INFINITY);
            }
            double largest = largest(node.input(0).type());
            OptionalDouble low = bound(node.input(1), -largest);
            OptionalDouble high = bound(node.input(2), largest);
            return low.isEmpty() || high.isEmpty() || !(low.getAsDouble() <= high.getAsDouble())
                    ? null
                    : new Range(low.getAsDouble(), high.getAsDouble());
        }

        private static OptionalDouble bound(Value value, double absent) {
            return value == null ? OptionalDouble.of(absent) : Patterns.scalar(value);
        }

        Range after(Range inner) {
            return new Range(clip(inner.low), clip(inner.high));
        }

        private double clip(double v) {
            return Math.min(Math.max(v, low), high);
        }

        boolean isRelu() {
            return low == 0 && high == Double.POSITIVE_INFINITY;
        }

        boolean isAll() {
            return low == Double.NEGATIVE_INFINITY && high == Double.POSITIVE_INFINITY;
        }
    }

    /** The largest number of a type, at which an absent bound lies; NaN for those whose largest number is not known here. */
    private static double largest(ElementType type) {
        return switch (type) {
            case FLOAT -> Float.MAX_VALUE;
            case DOUBLE -> Double.MAX_VALUE;
            case FLOAT16 -> 65504;
            default -> Double.NaN;
        };
    }

    @Override
    public Match match(Node node) {
        Value x = node.input(0);
        Range range = x.type() == null ? null : Range.of(node);
        if (range == null) {
            return Match.declined("its bounds are not constants, or its type is not float, double or float16");
        }
        if (range.isAll()) {
            return GraphEdits.canReplace(node.output(), x)
                    ? Match.found(() -> GraphEdits.replaceByExisting(node.output(), x))
                    : Match.declined("it produces a graph output");
        }
        Node inner = Patterns.soleProducer(node, 0, "Clip");
        inner = inner != null ? inner : Patterns.soleProducer(node, 0, "Relu");
        Range innerRange = inner == null ? null : Range.of(inner);
        if (innerRange != null) {
            Value source = inner.input(0);
            return Match.found(() -> write(node, source, range.after(innerRange)));
        }
        return node.is("Clip") && range.isRelu()
                ? Match.found(() -> write(node, x, range))
                : Match.declined("it is already in its simplest form");
    }

    private static void write(Node node, Value x, Range range) {
        double largest = largest(x.type());
        Ops ops = new Ops(node.graph());
        Value out = range.isRelu()
                ? ops.op("Relu", x)
                : ops.op(
                        "Clip",
                        x,
                        range.low == -largest ? null : ops.constantLike(x, range.low),
                        range.high == largest ? null : ops.constantLike(x, range.high));
        GraphEdits.replaceByNew(node.output(), out);
    }
}
