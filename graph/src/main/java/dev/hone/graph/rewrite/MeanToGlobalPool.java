package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Replaces a mean over all spatial axes by GlobalAveragePool, the only form that runtimes quantize.
 *
 * <pre>
 * ReduceMean(x, axes 2..)  =  GlobalAveragePool(x), squeezed unless keepdims
 * AveragePool(x, window of the whole of x, no padding)  =  GlobalAveragePool(x)
 * </pre>
 *
 * <p>x is [N,C,H,W] or of another rank from 3 to 5. Changes results by the rounding of another order of summation, about
 * 1e-6 of the largest input.
 */
public final class MeanToGlobalPool implements RewriteRule {
    /** Batch, channels and three spatial axes. */
    private static final int MOST_AXES = 5;

    @Override
    public String description() {
        return "Replace means over all spatial axes by GlobalAveragePool.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("ReduceMean", "AveragePool");
    }

    @Override
    public Set<String> makes() {
        return Set.of("GlobalAveragePool");
    }

    @Override
    public Match match(Node node) {
        Value x = node.input(0);
        Shape shape = x.shape();
        if (shape == null || shape.rank() < 3) {
            return Match.declined("its input is not known to have spatial axes");
        }
        int rank = shape.rank();
        if (rank > MOST_AXES || shape.dims().stream().anyMatch(dim -> dim.is(0))) {
            return Match.declined("runtimes pool neither more than three spatial axes nor empty ones");
        }
        if (node.is("AveragePool")) {
            return coversAll(node, shape)
                    ? Match.found(() ->
                            GraphEdits.replaceByNew(node.output(), new Ops(node.graph()).op("GlobalAveragePool", x)))
                    : Match.declined("its window is not the whole input");
        }
        int[] axes = Patterns.axes(node, rank);
        int[] spatial = IntStream.range(2, rank).toArray();
        if (!Arrays.equals(axes, spatial)) {
            return Match.declined("it does not reduce exactly the spatial axes");
        }
        return Match.found(() -> {
            Ops ops = new Ops(node.graph());
            Value pooled = ops.op("GlobalAveragePool", x);
            long[] squeezed = Arrays.stream(spatial).asLongStream().toArray();
            GraphEdits.replaceByNew(
                    node.output(), node.intAttribute("keepdims", 1) != 0 ? pooled : ops.squeeze(pooled, squeezed));
        });
    }

    private static boolean coversAll(Node pool, Shape shape) {
        long[] kernel = pool.intsAttribute("kernel_shape");
        long[] pads = pool.intsAttribute("pads");
        String auto = pool.stringAttribute("auto_pad", "NOTSET");
        boolean padded = auto.startsWith("SAME")
                || (auto.equals("NOTSET") && pads != null && Arrays.stream(pads).anyMatch(p -> p != 0));
        return !padded
                && kernel != null
                && kernel.length == shape.rank() - 2
                && pool.intsAttribute("dilations") == null
                && IntStream.range(0, kernel.length)
                        .allMatch(i -> shape.dim(i + 2).is(kernel[i]));
    }
}
