package dev.hone.tflite.convert;

import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.HashMap;
import java.util.Map;

/** Images brought to another size. Where pixels lie between those of the input is said by two flags. */
final class Resizes {
    private Resizes() {}

    static void register(Map<String, Rule> table) {
        table.put("RESIZE_BILINEAR", c -> resize(c, "linear", c.flag(2), c.flag(3)));
        table.put("RESIZE_NEAREST_NEIGHBOR", c -> resize(c, "nearest", c.flag(0), c.flag(1)));
    }

    private static void resize(OperatorContext c, String mode, boolean alignCorners, boolean halfPixelCenters) {
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("mode", mode);
        attributes.put(
                "coordinate_transformation_mode",
                alignCorners ? "align_corners" : halfPixelCenters ? "half_pixel" : "asymmetric");
        if (mode.equals("nearest")) {
            // With floor((x + 0.5) * scale) TFLite rounds the half pixel up.
            attributes.put("nearest_mode", alignCorners || halfPixelCenters ? "round_prefer_ceil" : "floor");
        }
        Value x = c.image(0);
        long[] size = c.isKnown(1) ? c.integers(1) : recorded(c);
        if (size.length != 2 || size[0] < 1 || size[1] < 1) {
            throw c.damaged("a size that is none");
        }
        Shape shape = x.shape();
        Value y;
        if (shape.dim(2).isConstant()
                && shape.dim(3).isConstant()
                && shape.dim(1).isConstant()) {
            y = sized(c, x, attributes, size);
        } else {
            float[] scales = {1, 1, factor(c, 0, size[0]), factor(c, 1, size[1])};
            y = c.ops().op("Resize", attributes, x, null, c.ops().constant(Tensor.ofFloats(scales, 4)));
        }
        c.putImage(0, y);
    }

    /** A size that is computed is the one that the file records, where it belongs to the sizes of the file. */
    private static long[] recorded(OperatorContext c) {
        int[] shape = c.outputTensor(0).shape();
        if (shape.length != ImageOrder.RANK) {
            throw c.damaged("an output of " + shape.length + " axes");
        }
        return new long[] {shape[1], shape[2]};
    }

    private static Value sized(OperatorContext c, Value x, Map<String, Object> attributes, long... size) {
        Shape shape = x.shape();
        boolean isBatchOpen = !shape.dim(0).isConstant();
        boolean isMultiple = size[0] % shape.size(2) == 0 && size[1] % shape.size(3) == 0;
        if (isMultiple || isBatchOpen) {
            float[] scales = {1, 1, (float) size[0] / shape.size(2), (float) size[1] / shape.size(3)};
            // The runtime computes sizes from scales, rounding down.
            if (isMultiple
                    || size[0] == (long) (shape.size(2) * scales[2]) && size[1] == (long) (shape.size(3) * scales[3])) {
                return c.ops().op("Resize", attributes, x, null, c.ops().constant(Tensor.ofFloats(scales, 4)));
            }
            throw c.needsSizes("a size that is no multiple of its input's");
        }
        return c.ops()
                .op(
                        "Resize",
                        attributes,
                        x,
                        null,
                        null,
                        c.ops().vector(shape.size(0), shape.size(1), size[0], size[1]));
    }

    /** How many times the open size an output has that is a multiple of it in the file. */
    private static float factor(OperatorContext c, int axis, long size) {
        int inFile = c.tensor(0).shape()[1 + axis];
        Shape image = c.image(0).shape();
        if (image.dim(2 + axis).isConstant()) {
            inFile = (int) image.size(2 + axis);
        }
        if (inFile < 1 || size % inFile != 0) {
            throw c.needsSizes("a size that is no multiple of its input's");
        }
        return Math.toIntExact(size / inFile);
    }
}
