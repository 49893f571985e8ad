package dev.hone.tflite.convert;

import dev.hone.tflite.file.TfliteGraph;
import dev.hone.tflite.file.TfliteOperator;
import dev.hone.tflite.file.TfliteTensor;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Inputs and outputs that are [N,C,H,W] in the file already, as in models that come from PyTorch: all that reads such an input
 * brings it to [N,H,W,C], or the output is brought to [N,C,H,W] last.
 */
final class ChannelsFirst {
    private static final Set<String> ROUNDING = Set.of("QUANTIZE", "DEQUANTIZE");

    private final TfliteGraph file;

    private ChannelsFirst(TfliteGraph file) {
        this.file = file;
    }

    /** Indices of such tensors among inputs and outputs. */
    static Set<Integer> in(TfliteGraph file) {
        ChannelsFirst search = new ChannelsFirst(file);
        Set<Integer> found = new HashSet<>();
        for (int input : file.inputs()) {
            if (file.tensors().get(input).rank() == ImageOrder.RANK && search.isInput(input, 0)) {
                found.add(input);
            }
        }
        for (int output : file.outputs()) {
            if (file.tensors().get(output).rank() == ImageOrder.RANK && search.isOutput(output, 0)) {
                found.add(output);
            }
        }
        return found;
    }

    private boolean isInput(int tensor, int depth) {
        boolean isRead = false;
        for (TfliteOperator operator : file.operators()) {
            if (Arrays.stream(operator.inputs()).noneMatch(input -> input == tensor)) {
                continue;
            }
            boolean isFollowed = ROUNDING.contains(operator.name())
                    && operator.outputs().length == 1
                    && depth < ROUNDING.size()
                    && isInput(operator.outputs()[0], depth + 1);
            if (!isFollowed && !permutes(operator, ImageOrder.FROM_IMAGE)) {
                return false;
            }
            isRead = true;
        }
        return isRead;
    }

    private boolean isOutput(int tensor, int depth) {
        for (TfliteOperator operator : file.operators()) {
            if (Arrays.stream(operator.outputs()).anyMatch(output -> output == tensor)) {
                return permutes(operator, ImageOrder.TO_IMAGE)
                        || ROUNDING.contains(operator.name())
                                && operator.inputs().length == 1
                                && operator.inputs()[0] >= 0
                                && depth < ROUNDING.size()
                                && isOutput(operator.inputs()[0], depth + 1);
            }
        }
        return false;
    }

    private boolean permutes(TfliteOperator operator, int[] order) {
        if (!operator.name().equals("TRANSPOSE") || operator.inputs().length != 2 || operator.inputs()[1] < 0) {
            return false;
        }
        TfliteTensor given = file.tensors().get(operator.inputs()[1]);
        if (!given.isConstant() || given.data().capacity() != Integer.BYTES * ImageOrder.RANK) {
            return false;
        }
        int[] found = new int[ImageOrder.RANK];
        given.data()
                .duplicate()
                .rewind()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(found);
        return Arrays.equals(found, order);
    }
}
