package dev.hone.tflite.convert;

import dev.hone.graph.Value;
import java.util.Map;
import java.util.stream.LongStream;

/** Blocks of an image that become images of a batch, and back; mostly the two sides of a {@link DilatedConvolution}. */
final class BlockMoves {
    private BlockMoves() {}

    static void register(Map<String, Rule> table) {
        table.put("SPACE_TO_BATCH_ND", BlockMoves::toBatch);
        table.put("BATCH_TO_SPACE_ND", BlockMoves::toSpace);
    }

    /** Numbers of height and width: the sizes of a block, or rows of what is added or taken at both ends. */
    static long[] sizes(OperatorContext c, int input, int count, long least) {
        long[] sizes = c.integers(input);
        if (sizes.length != count
                || c.rank(0) != ImageOrder.RANK
                || LongStream.of(sizes).anyMatch(size -> size < least || size > 1 << 15)) {
            throw c.unsupported("other than blocks of height and width");
        }
        return sizes;
    }

    private static void toBatch(OperatorContext c) {
        long[] block = sizes(c, 1, 2, 1);
        long[] pads = sizes(c, 2, 4, 0);
        long height = c.size(0, 1) + pads[0] + pads[1];
        long width = c.size(0, 2) + pads[2] + pads[3];
        long channels = c.size(0, 3);
        if (height % block[0] != 0 || width % block[1] != 0) {
            throw c.damaged("blocks of " + block[0] + " x " + block[1] + " in an image of " + height + " x " + width);
        }
        Value padded = c.ops().op("Pad", c.input(0), c.ops().vector(0, pads[0], pads[2], 0, 0, pads[1], pads[3], 0));
        Value parts = c.ops().reshape(padded, -1, height / block[0], block[0], width / block[1], block[1], channels);
        c.put(
                0,
                c.ops()
                        .reshape(
                                c.ops().transpose(parts, 2, 4, 0, 1, 3, 5),
                                -1,
                                height / block[0],
                                width / block[1],
                                channels));
    }

    private static void toSpace(OperatorContext c) {
        long[] block = sizes(c, 1, 2, 1);
        long[] crops = sizes(c, 2, 4, 0);
        long height = c.size(0, 1);
        long width = c.size(0, 2);
        long channels = c.size(0, 3);
        Value parts = c.ops().reshape(c.input(0), block[0], block[1], -1, height, width, channels);
        Value y = c.ops()
                .reshape(c.ops().transpose(parts, 2, 3, 0, 4, 1, 5), -1, height * block[0], width * block[1], channels);
        y = cropped(c, y, 1, crops[0], height * block[0] - crops[1]);
        c.put(0, cropped(c, y, 2, crops[2], width * block[1] - crops[3]));
    }

    private static Value cropped(OperatorContext c, Value x, int axis, long begin, long end) {
        return begin == 0 && x.shape().dim(axis).is(end) ? x : c.ops().slice(x, axis, begin, end, 1);
    }
}
