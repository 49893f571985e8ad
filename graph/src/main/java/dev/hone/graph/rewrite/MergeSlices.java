package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Merges slices of different axes; exporters write one Slice per axis.
 *
 * <pre>Slice(Slice(x, axis 2, ...), axis 3, ...) = Slice(x, axes 2 and 3, ...)</pre>
 *
 * <p>The inner node must have no other uses. Results are bitwise identical.
 */
public final class MergeSlices implements RewriteRule {
    @Override
    public String description() {
        return "Merge slices of different axes.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Slice");
    }

    @Override
    public Match match(Node outer) {
        Node inner = Patterns.soleProducer(outer, 0, "Slice");
        if (inner == null) {
            return Match.declined("its input is not a slice without other uses");
        }
        Value x = inner.input(0);
        int rank = Patterns.rank(x);
        long[][] first = bounds(inner, rank);
        long[][] second = bounds(outer, rank);
        if (rank < 0 || first == null || second == null) {
            return Match.declined("rank or bounds are not constant");
        }
        if (Arrays.stream(first[2]).anyMatch(a -> Arrays.stream(second[2]).anyMatch(b -> a == b))) {
            return Match.declined("both slice the same axis");
        }
        return Match.found(() -> {
            Ops ops = new Ops(outer.graph());
            Value[] inputs = new Value[5];
            inputs[0] = x;
            for (int i = 0; i < 4; i++) {
                inputs[i + 1] = ops.vector(LongStream.concat(Arrays.stream(first[i]), Arrays.stream(second[i]))
                        .toArray());
            }
            GraphEdits.replaceByNew(outer.output(), ops.op("Slice", inputs));
        });
    }

    /** Starts, ends, axes, steps; null if they are not all constant. */
    private static long[][] bounds(Node slice, int rank) {
        long[] starts = Patterns.longs(slice.input(1));
        long[] ends = Patterns.longs(slice.input(2));
        if (starts == null || ends == null || rank < 0) {
            return null;
        }
        long[] axes =
                slice.input(3) == null ? LongStream.range(0, starts.length).toArray() : Patterns.longs(slice.input(3));
        long[] steps = slice.input(4) == null
                ? LongStream.generate(() -> 1).limit(starts.length).toArray()
                : Patterns.longs(slice.input(4));
        if (axes == null || steps == null) {
            return null;
        }
        return new long[][] {
            starts, ends, Arrays.stream(axes).map(a -> a < 0 ? a + rank : a).toArray(), steps
        };
    }
}
