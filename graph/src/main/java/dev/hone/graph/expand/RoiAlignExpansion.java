package dev.hone.graph.expand;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;

/**
 * {@code RoiAlign}: X [N,C,H,W], regions [R,4] as (x1, y1, x2, y2), their images [R]; Y [R,C,h,w]. Each bin is
 * the mean of G x G samples, each of which is interpolated between 2 x 2 elements. Both are separable, so a bin has 2 G
 * places with weights along each axis; the elements at the 4 G^2 combinations are gathered as rows of C channels. With mode
 * max a bin is the greatest of those elements, each times its weight, as the specification has it.
 */
final class RoiAlignExpansion {
    private final Ops o;
    private final Node n;
    private final Value x;

    private final boolean max;

    /** Places and weights along one axis, [R,bins,2 G], and which samples a region has, [R,1,2 G], null for all. */
    private record Axis(Value places, Value weights, Value counts) {}

    private RoiAlignExpansion(Ops o, Node n) {
        this.o = o;
        this.n = n;
        this.x = Sizes.ranked(o, n.input(0), 4);
        this.max = n.stringAttribute("mode", "avg").equals("max");
    }

    static List<Value> expand(Ops o, Node n) {
        return List.of(new RoiAlignExpansion(o, n).align());
    }

    private Value align() {
        Axis rows = axis(1, 2, n.intAttribute("output_height", 1));
        Axis columns = axis(0, 3, n.intAttribute("output_width", 1));
        // [R,h,1,2G,1] and [R,1,w,1,2G]
        Value y = o.unsqueeze(rows.places, 2, 4);
        Value x2 = o.unsqueeze(columns.places, 1, 3);
        Value image = o.reshape(n.input(2), -1, 1, 1, 1, 1);
        Value at = o.add(o.mul(o.add(o.mul(image, Sizes.scalar(o, x, 2)), y), Sizes.scalar(o, x, 3)), x2);
        Value weights = o.mul(o.unsqueeze(rows.weights, 2, 4), o.unsqueeze(columns.weights, 1, 3));
        Value terms = o.mul(Sizes.of(o, rows.places, 2), Sizes.of(o, columns.places, 2));
        long h = n.intAttribute("output_height", 1);
        long w = n.intAttribute("output_width", 1);
        Value elements = Sizes.reshape(o, o.transpose(x, 0, 2, 3, 1), o.vector(-1), Sizes.of(o, x, 1));
        // [R,h w,4 G^2,C]
        Value picked = o.op("Gather", Map.of("axis", 0), elements, join(at, h * w, terms));
        Value each = join(weights, h * w, terms);
        // [R,h w,1,C]
        Value sums = max
                ? greatest(o.mul(o.unsqueeze(each, 3), picked), rows.counts, columns.counts, terms)
                : o.matmul(o.unsqueeze(each, 2), picked);
        return Sizes.reshape(
                o, o.transpose(o.squeeze(sums, 2), 0, 2, 1), o.vector(0), Sizes.of(o, x, 1), o.vector(h), o.vector(w));
    }

    /** Of the products [R,h w,4 G^2,C] of samples that a region has; 0 if it has none. */
    private Value greatest(Value products, Value rows, Value columns, Value terms) {
        Map<String, Object> kept = Map.of("keepdims", 1);
        if (rows == null) {
            return o.op("ReduceMax", kept, products, o.vector(2));
        }
        Value counts = o.unsqueeze(join(o.op("And", o.unsqueeze(rows, 2, 4), o.unsqueeze(columns, 1, 3)), 1, terms), 3);
        Value none = o.constantLike(products, Double.NEGATIVE_INFINITY);
        Value found = o.op("ReduceMax", kept, o.op("Where", counts, products, none), o.vector(2));
        return o.op("Where", o.op("Equal", found, none), o.constantLike(found, 0), found);
    }

    /** There may be no region, so that the number of terms cannot be left open. */
    private Value join(Value x, long bins, Value terms) {
        return Sizes.reshape(o, x, o.vector(-1), o.vector(bins), terms);
    }

    /** @param coordinate of a region's first corner, 0 for x and 1 for y */
    private Axis axis(int coordinate, int dimension, long bins) {
        boolean halfPixel = n.stringAttribute("coordinate_transformation_mode", "half_pixel")
                .equals("half_pixel");
        float scale = n.floatAttribute("spatial_scale", 1);
        double shift = halfPixel ? -0.5 : 0;
        Value start = o.add(o.mul(corner(coordinate), scale), shift);
        Value size = o.sub(o.add(o.mul(corner(coordinate + 2), scale), shift), start);
        size = halfPixel ? size : o.op("Max", size, o.constantLike(size, 1));
        Value bin = o.mul(size, 1.0 / bins);
        long ratio = n.intAttribute("sampling_ratio", 0);
        // As many samples as a bin has elements, if it is not said.
        Value samples = ratio > 0 ? o.constantLike(bin, ratio) : o.op("Max", o.op("Ceil", bin), o.constantLike(bin, 0));
        Value most = ratio > 0 ? o.constant(Tensor.scalar(ratio)) : most(samples, coordinate, scale, bins);
        Value sample = numbers(most, start);
        Value place = o.unsqueeze(numbers(o.constant(Tensor.scalar(bins)), start), 1);
        Value step = o.div(o.add(sample, 0.5), o.op("Max", samples, o.constantLike(samples, 1)));
        // [R,bins,G]
        Value at = o.add(start, o.mul(bin, o.add(place, step)));
        Value counts = ratio > 0 ? null : o.op("Less", sample, samples);
        return interpolated(at, counts, samples, Sizes.scalar(o, x, dimension));
    }

    /** The most samples that a bin of any region has; more do no harm, since only those that a region has count. */
    private Value most(Value samples, int coordinate, float scale, long bins) {
        Value regions = n.input(1);
        if (!regions.isConstant()) {
            // At least one, where there are no regions or only some without an area.
            Value one = o.reshape(o.constantLike(samples, 1), 1, 1, 1);
            Value all = o.concat(0, List.of(samples, one));
            return o.cast(o.op("ReduceMax", Map.of("keepdims", 0), all), ElementType.INT64);
        }
        double[] corners = regions.constant().to(ElementType.DOUBLE).doubles();
        double longest = 1;
        for (int i = coordinate; i < corners.length; i += 4) {
            longest = Math.max(longest, (corners[i + 2] - corners[i]) * scale);
        }
        return o.constant(Tensor.scalar((long) Math.ceil(longest / bins) + 1));
    }

    private Axis interpolated(Value at, Value counts, Value samples, Value length) {
        Value end = o.cast(length, Sizes.type(at));
        Value last = o.add(end, -1);
        Value inside = o.op("And", o.op("GreaterOrEqual", at, o.constantLike(at, -1)), o.op("LessOrEqual", at, end));
        inside = counts == null ? inside : o.op("And", counts, inside);
        Value clipped = o.op("Min", o.op("Max", at, o.constantLike(at, 0)), last);
        Value low = o.op("Floor", clipped);
        Value high = o.op("Min", o.add(low, 1), last);
        Value one = o.constantLike(at, 1);
        Value share = o.op("Where", inside, max ? one : o.div(one, samples), o.constantLike(at, 0));
        Value f = o.sub(clipped, low);
        Value weights = pair(o.mul(share, o.sub(o.constantLike(f, 1), f)), o.mul(share, f));
        return new Axis(
                o.cast(pair(low, high), ElementType.INT64), weights, counts == null ? null : pair(counts, counts));
    }

    /** Two of [R,bins,G] as [R,bins,2 G]. */
    private Value pair(Value a, Value b) {
        return o.concat(2, List.of(a, b));
    }

    /** One coordinate of all regions, [R,1,1]. */
    private Value corner(int coordinate) {
        Value regions = Sizes.ranked(o, n.input(1), 2);
        return o.reshape(
                o.op("Gather", Map.of("axis", 1), regions, o.constant(Tensor.scalar((long) coordinate))), -1, 1, 1);
    }

    /** 0, 1, ... below a count, as floating-point numbers. */
    private Value numbers(Value count, Value like) {
        Value range = o.op("Range", o.constant(Tensor.scalar(0L)), count, o.constant(Tensor.scalar(1L)));
        return o.cast(range, Sizes.type(like));
    }
}
