package dev.hone.graph.op;

import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Resampling and regions of interest. */
final class VisionShapes {
    private VisionShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("Resize", VisionShapes::resize);
        table.put("GridSample", VisionShapes::gridSample);
        table.put("AffineGrid", VisionShapes::affineGrid);
        table.put("RoiAlign", VisionShapes::roiAlign);
        table.put("MaxRoiPool", VisionShapes::maxRoiPool);
        table.put("NonMaxSuppression", n -> n.output(0, Dim.unknown(), Dim.of(3)));
        table.put("ImageDecoder", n -> n.output(0, Dim.unknown(), Dim.unknown(), Dim.of(colors(n))));
    }

    private static long colors(ShapeContext n) {
        return n.node().stringAttribute("pixel_format", "RGB").equals("Grayscale") ? 1 : 3;
    }

    /** Sizes, or {@code floor(in * scale)}; for all axes or those that the attribute {@code axes} names. */
    private static void resize(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        long[] axes = n.node().intsAttribute("axes");
        if (axes == null) {
            axes = new long[x.rank()];
            Arrays.setAll(axes, i -> i);
        }
        List<Dim> sizes = n.elements(3);
        Tensor scales = n.tensor(2);
        if (n.has(3) && sizes != null && !sizes.isEmpty()) {
            n.output(0, toSizes(n, x, axes, sizes));
        } else if (scales != null && scales.count() > 0) {
            float[] factors = scales.floats();
            if (factors.length != axes.length) {
                throw n.error(factors.length + " scales for " + axes.length + " axes of " + x);
            }
            Shape y = x;
            for (int i = 0; i < axes.length; i++) {
                int axis = n.axis(axes[i], x.rank());
                y = y.with(axis, scaled(x.dim(axis), factors[i]));
            }
            n.output(0, y);
        } else {
            Shape y = x;
            for (long axis : axes) {
                y = y.with(n.axis(axis, x.rank()), Dim.unknown());
            }
            n.output(0, y);
        }
    }

    private static Dim scaled(Dim in, float factor) {
        if (in.isConstant()) {
            return Dim.of((long) Math.floor((float) in.constant() * factor));
        }
        if (factor == Math.rint(factor)) {
            return in.times((long) factor);
        }
        float inverse = 1 / factor;
        return inverse == Math.rint(inverse) && 1 / inverse == factor ? in.floorDiv((long) inverse) : Dim.unknown();
    }

    private static Shape toSizes(ShapeContext n, Shape x, long[] axes, List<Dim> sizes) {
        if (sizes.size() != axes.length) {
            throw n.error(sizes.size() + " sizes for " + axes.length + " axes of " + x);
        }
        String policy = n.node().stringAttribute("keep_aspect_ratio_policy", "stretch");
        Shape y = x;
        if (policy.equals("stretch")) {
            for (int i = 0; i < axes.length; i++) {
                y = y.with(n.axis(axes[i], x.rank()), sizes.get(i));
            }
            return y;
        }
        // One factor for all axes: the smallest or the largest that the sizes ask for.
        boolean smaller = policy.equals("not_larger");
        float factor = smaller ? Float.MAX_VALUE : 0;
        for (int i = 0; i < axes.length; i++) {
            Dim in = x.dim(n.axis(axes[i], x.rank()));
            if (!in.isConstant() || !sizes.get(i).isConstant()) {
                factor = Float.NaN;
                break;
            }
            float asked = (float) sizes.get(i).constant() / (float) in.constant();
            factor = smaller ? Math.min(factor, asked) : Math.max(factor, asked);
        }
        for (long a : axes) {
            int axis = n.axis(a, x.rank());
            y = y.with(
                    axis,
                    Float.isNaN(factor) ? Dim.unknown() : Dim.of((long) Math.rint(factor * (double) x.size(axis))));
        }
        return y;
    }

    /** X [N,C,D1,...], grid [N,E1,...,n] to [N,C,E1,...]. */
    private static void gridSample(ShapeContext n) {
        Shape x = n.shape(0);
        Shape grid = n.shape(1);
        if (x == null || grid == null) {
            return;
        }
        if (x.rank() != grid.rank()) {
            throw n.error("the grid " + grid + " and the input " + x + " differ in rank");
        }
        n.require(Dim.of(x.rank() - 2), grid.dim(-1), "spatial axes and coordinates of the grid");
        Shape y = x.with(0, n.same(x.dim(0), grid.dim(0), "batch of the input and of the grid"));
        for (int i = 2; i < x.rank(); i++) {
            y = y.with(i, grid.dim(i - 1));
        }
        n.output(0, y);
    }

    /** Size [N,C,H,W] or [N,C,D,H,W] to [N,H,W,2] or [N,D,H,W,3]. */
    private static void affineGrid(ShapeContext n) {
        List<Dim> size = n.elements(1);
        Shape count = n.shape(1);
        if (size != null) {
            Dim[] dims = new Dim[size.size()];
            dims[0] = size.get(0);
            for (int i = 2; i < dims.length; i++) {
                dims[i - 1] = size.get(i);
            }
            dims[dims.length - 1] = Dim.of(dims.length - 2L);
            n.output(0, dims);
        } else if (count != null && count.isConstant()) {
            int rank = (int) count.size(0);
            n.output(0, ShapeContext.unknownOfRank(rank).with(-1, Dim.of(rank - 2L)));
        }
    }

    private static void roiAlign(ShapeContext n) {
        Shape x = n.shape(0);
        Shape rois = n.shape(1);
        n.output(
                0,
                rois == null ? Dim.unknown() : rois.dim(0),
                x == null ? Dim.unknown() : x.dim(1),
                Dim.of(n.attribute("output_height", 1)),
                Dim.of(n.attribute("output_width", 1)));
    }

    private static void maxRoiPool(ShapeContext n) {
        Shape x = n.shape(0);
        Shape rois = n.shape(1);
        long[] pooled = n.attributes("pooled_shape", 2, 1);
        n.output(
                0,
                rois == null ? Dim.unknown() : rois.dim(0),
                x == null ? Dim.unknown() : x.dim(1),
                Dim.of(pooled[0]),
                Dim.of(pooled[1]));
    }
}
