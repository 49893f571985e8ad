package dev.hone.graph.op;

import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.List;
import java.util.Map;

/**
 * Operators with a sliding window over [N,C,D1,...,Dn]: convolution and pooling.
 *
 * <p>A window of k taps with dilation d covers {@code d*(k-1)+1}; with padding p in all and stride s it gives
 * {@code floor((in+p-d*(k-1)-1)/s)+1} positions, ceil in place of floor under {@code ceil_mode}.
 */
final class WindowShapes {
    private WindowShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("Conv", n -> convolution(n, 0, 1));
        table.put("com.microsoft.FusedConv", n -> convolution(n, 0, 1));
        table.put("ConvInteger", n -> convolution(n, 0, 1));
        table.put("QLinearConv", n -> convolution(n, 0, 3));
        table.put("DeformConv", n -> convolution(n, 0, 1));
        table.put("ConvTranspose", WindowShapes::transposed);
        table.put("MaxPool", WindowShapes::pool);
        table.put("AveragePool", WindowShapes::pool);
        table.put("LpPool", WindowShapes::pool);
        table.put("com.microsoft.QLinearAveragePool", WindowShapes::quantizedPool);
        table.put("MaxUnpool", WindowShapes::unpool);
        for (String name : new String[] {"GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"}) {
            table.put(name, n -> n.output(0, global(n.shape(0), false)));
        }
        table.put(
                "com.microsoft.QLinearGlobalAveragePool",
                n -> n.output(0, global(n.shape(0), n.flag("channels_last", false))));
        table.put("Col2Im", WindowShapes::columnsToImage);
    }

    /** Strides, dilations and padding of a node over n spatial axes. */
    private record Window(String autoPad, long[] strides, long[] dilations, long[] pads) {
        static Window of(ShapeContext n, int spatial) {
            String autoPad = n.node().stringAttribute("auto_pad", "NOTSET");
            Window window = new Window(
                    autoPad,
                    n.attributes("strides", spatial, 1),
                    n.attributes("dilations", spatial, 1),
                    n.attributes("pads", 2 * spatial, 0));
            for (long stride : window.strides) {
                if (stride < 1) {
                    throw n.error("a stride of " + stride);
                }
            }
            return window;
        }

        /** How many positions the window takes along an axis. */
        Dim positions(ShapeContext n, Dim in, Dim taps, int axis, boolean ceil) {
            long stride = strides[axis];
            if (autoPad.startsWith("SAME")) {
                return in.ceilDiv(stride);
            }
            boolean padded = !autoPad.equals("VALID");
            long begin = padded ? pads[axis] : 0;
            long end = padded ? pads[axis + strides.length] : 0;
            Dim covered = taps.minus(1).times(dilations[axis]).plus(1);
            Dim room = in.plus(begin + end).minus(covered);
            if (room.isConstant() && room.constant() < 0) {
                throw n.error("a window of " + covered + " does not fit into " + in + " padded by " + (begin + end)
                        + " on spatial axis " + axis + "; inputs " + n.inputs());
            }
            if (!ceil) {
                return room.floorDiv(stride).plus(1);
            }
            Dim positions = room.ceilDiv(stride).plus(1);
            // The last window has to begin inside of the input or the padding before it.
            if (positions.isConstant() && in.isConstant()) {
                boolean beyond = (positions.constant() - 1) * stride >= in.constant() + begin;
                return beyond ? positions.minus(1) : positions;
            }
            boolean neverBeyond = covered.isConstant() && end + stride <= covered.constant();
            return neverBeyond ? positions : Dim.unknown();
        }
    }

    private static Shape spatialUnknown(Shape x, Dim channels) {
        return ShapeContext.unknownOfRank(x.rank()).with(0, x.dim(0)).with(1, channels);
    }

    /** X [N,C,...], W [M,C/group,...] to [N,M,...]. */
    private static void convolution(ShapeContext n, int xInput, int wInput) {
        n.requireRank(xInput, 3, "a convolution");
        Shape x = n.shape(xInput);
        Shape w = n.shape(wInput);
        if (x == null) {
            return;
        }
        if (w == null) {
            n.output(0, spatialUnknown(x, Dim.unknown()));
            return;
        }
        checkKernel(n, x, w);
        long group = group(n);
        Dim channels = w.dim(1).times(group);
        n.require(x.dim(1), channels, "input channels and kernel channels times group " + group);
        if (w.dim(0).isConstant() && w.dim(0).constant() % group != 0) {
            throw n.error(w.dim(0) + " output channels do not divide into " + group + " groups");
        }
        int spatial = x.rank() - 2;
        Window window = Window.of(n, spatial);
        Dim[] dims = new Dim[x.rank()];
        dims[0] = x.dim(0);
        dims[1] = w.dim(0);
        for (int i = 0; i < spatial; i++) {
            dims[i + 2] = window.positions(n, x.dim(i + 2), w.dim(i + 2), i, false);
        }
        n.output(0, dims);
    }

    private static long group(ShapeContext n) {
        long group = n.attribute("group", 1);
        if (group < 1) {
            throw n.error("attribute group is " + group + ", expected 1 or more");
        }
        return group;
    }

    private static void checkKernel(ShapeContext n, Shape x, Shape w) {
        if (w.rank() != x.rank()) {
            throw n.error("the kernel " + w + " and the input " + x + " differ in rank");
        }
        long[] kernel = n.node().intsAttribute("kernel_shape");
        for (int i = 0; kernel != null && i < Math.min(kernel.length, w.rank() - 2); i++) {
            n.require(Dim.of(kernel[i]), w.dim(i + 2), "attribute kernel_shape and the kernel's size");
        }
    }

    /** X [N,C,...], W [C,M/group,...] to [N,M,...]: the shape whose convolution gives X. */
    private static void transposed(ShapeContext n) {
        n.requireRank(0, 3, "a transposed convolution");
        Shape x = n.shape(0);
        Shape w = n.shape(1);
        if (x == null) {
            return;
        }
        if (w == null) {
            n.output(0, spatialUnknown(x, Dim.unknown()));
            return;
        }
        checkKernel(n, x, w);
        n.require(x.dim(1), w.dim(0), "input channels and the kernel's");
        int spatial = x.rank() - 2;
        Window window = Window.of(n, spatial);
        long[] extra = n.attributes("output_padding", spatial, 0);
        long[] given = n.node().intsAttribute("output_shape");
        Dim[] dims = new Dim[x.rank()];
        dims[0] = x.dim(0);
        dims[1] = w.dim(1).times(group(n));
        for (int i = 0; i < spatial; i++) {
            Dim in = x.dim(i + 2);
            if (given != null) {
                // Some exporters write the whole shape, batch and channels included.
                dims[i + 2] = Dim.of(given[given.length - spatial + i]);
                continue;
            }
            Dim covered = w.dim(i + 2).minus(1).times(window.dilations[i]).plus(1);
            // A kernel below the stride leaves nothing to crop, and the runtime adds nothing.
            boolean gaps = covered.isConstant() && covered.constant() + extra[i] < window.strides[i];
            if (window.autoPad.startsWith("SAME") && !gaps) {
                dims[i + 2] = in.times(window.strides[i]);
            } else {
                long pads = window.autoPad.equals("NOTSET") ? window.pads[i] + window.pads[i + spatial] : 0;
                dims[i + 2] = in.minus(1)
                        .times(window.strides[i])
                        .plus(covered)
                        .plus(extra[i])
                        .minus(pads);
            }
        }
        n.output(0, dims);
    }

    private static void pool(ShapeContext n) {
        Shape y = pooled(n, n.shape(0));
        n.output(0, y);
        n.output(1, y);
    }

    private static Shape pooled(ShapeContext n, Shape x) {
        if (x == null) {
            return null;
        }
        n.requireRank(0, 3, "pooling");
        int spatial = x.rank() - 2;
        long[] kernel = n.attributes("kernel_shape", spatial, 1);
        Window window = Window.of(n, spatial);
        boolean ceil = n.flag("ceil_mode", false);
        Shape y = x;
        for (int i = 0; i < spatial; i++) {
            y = y.with(i + 2, window.positions(n, x.dim(i + 2), Dim.of(kernel[i]), i, ceil));
        }
        return y;
    }

    private static void quantizedPool(ShapeContext n) {
        if (n.flag("channels_last", false)) {
            Shape x = n.shape(0);
            n.output(
                    0,
                    x == null
                            ? null
                            : ShapeContext.unknownOfRank(x.rank())
                                    .with(0, x.dim(0))
                                    .with(-1, x.dim(-1)));
        } else {
            n.output(0, pooled(n, n.shape(0)));
        }
    }

    /** {@code (in-1)*stride + kernel - pads}, unless the third input gives the shape. */
    private static void unpool(ShapeContext n) {
        Shape x = n.shape(0);
        if (n.has(2)) {
            long[] given = n.numbers(2);
            n.output(0, given != null ? Shape.of(given) : x == null ? null : ShapeContext.unknownOfRank(x.rank()));
        } else if (x != null) {
            int spatial = x.rank() - 2;
            long[] kernel = n.attributes("kernel_shape", spatial, 1);
            Window window = Window.of(n, spatial);
            Shape y = x;
            for (int i = 0; i < spatial; i++) {
                Dim size = x.dim(i + 2).minus(1).times(window.strides[i]).plus(kernel[i]);
                y = y.with(i + 2, size.minus(window.pads[i] + window.pads[i + spatial]));
            }
            n.output(0, y);
        }
    }

    private static Shape global(Shape x, boolean channelsLast) {
        if (x == null) {
            return null;
        }
        Shape y = x;
        for (int i = channelsLast ? 1 : 2; i < x.rank() - (channelsLast ? 1 : 0); i++) {
            y = y.with(i, Dim.ONE);
        }
        return y;
    }

    /** [N, C * product of the block, L] to [N, C, image...]. */
    private static void columnsToImage(ShapeContext n) {
        Shape x = n.shape(0);
        List<Dim> image = n.elements(1);
        List<Dim> block = n.elements(2);
        if (x == null || image == null) {
            return;
        }
        Dim taps = Dim.ONE;
        for (Dim d : block == null ? List.of(Dim.unknown()) : block) {
            taps = taps.times(d);
        }
        if (taps.is(0)) {
            throw n.error("a block of no elements: " + block);
        }
        Shape y = ShapeContext.unknownOfRank(image.size() + 2)
                .with(0, x.dim(0))
                .with(1, x.dim(1).floorDiv(taps));
        for (int i = 0; i < image.size(); i++) {
            y = y.with(i + 2, image.get(i));
        }
        n.output(0, y);
    }
}
