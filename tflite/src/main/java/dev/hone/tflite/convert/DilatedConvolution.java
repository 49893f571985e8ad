package dev.hone.tflite.convert;

import dev.hone.tflite.file.TfliteGraph;
import dev.hone.tflite.file.TfliteOperator;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The way in which TensorFlow writes a dilated convolution.
 *
 * <pre>BATCH_TO_SPACE(CONV(SPACE_TO_BATCH(x, b, pads)), b, crops) = CONV(x, dilation b, padding pads - crops)</pre>
 *
 * <p>for a convolution of stride 1 without padding whose results are read by nothing else.
 *
 * @param first the {@code SPACE_TO_BATCH_ND}
 * @param convolution with the inputs of the first and the outputs of the last
 * @param last the {@code BATCH_TO_SPACE_ND}
 */
record DilatedConvolution(TfliteOperator first, TfliteOperator convolution, TfliteOperator last) {
    private static final Set<String> CONVOLUTIONS = Set.of("CONV_2D", "DEPTHWISE_CONV_2D");

    /** Those of a graph, by the index of their convolution. */
    static Map<Integer, DilatedConvolution> in(TfliteGraph graph) {
        Map<Integer, Integer> uses = new HashMap<>();
        Map<Integer, TfliteOperator> readers = new HashMap<>();
        Arrays.stream(graph.outputs()).forEach(tensor -> uses.merge(tensor, 1, Integer::sum));
        for (TfliteOperator operator : graph.operators()) {
            for (int tensor : operator.inputs()) {
                uses.merge(tensor, 1, Integer::sum);
                readers.put(tensor, operator);
            }
        }
        Map<Integer, DilatedConvolution> found = new HashMap<>();
        for (TfliteOperator first : graph.operators()) {
            if (!first.name().equals("SPACE_TO_BATCH_ND")) {
                continue;
            }
            TfliteOperator convolution = onlyReader(first, uses, readers);
            TfliteOperator last = convolution == null ? null : onlyReader(convolution, uses, readers);
            if (last != null && isOne(graph.operators(), first, convolution, last)) {
                int[] inputs = convolution.inputs().clone();
                inputs[0] = first.inputs()[0];
                found.put(
                        convolution.index(),
                        new DilatedConvolution(
                                first, convolution.withInputs(inputs).withOutputs(last.outputs()), last));
            }
        }
        return found;
    }

    private static TfliteOperator onlyReader(
            TfliteOperator of, Map<Integer, Integer> uses, Map<Integer, TfliteOperator> readers) {
        return of.outputs().length == 1 && uses.getOrDefault(of.outputs()[0], 0) == 1
                ? readers.get(of.outputs()[0])
                : null;
    }

    private static boolean isOne(
            List<TfliteOperator> all, TfliteOperator first, TfliteOperator convolution, TfliteOperator last) {
        return CONVOLUTIONS.contains(convolution.name())
                && last.name().equals("BATCH_TO_SPACE_ND")
                && first.index() < convolution.index()
                && convolution.index() < last.index()
                && all.size() > last.index()
                && first.inputs().length == 3
                && last.inputs().length == 3
                && convolution.inputs().length > 1
                && convolution.inputs()[0] == first.outputs()[0]
                && last.inputs()[0] == convolution.outputs()[0]
                && convolution.options() != null
                && convolution.options().signedByte(0, 0) == SlidingWindow.VALID
                && convolution.options().integer(1, 0) == 1
                && convolution.options().integer(2, 0) == 1;
    }

    /**
     * What the two around it make of the convolution; null where they cannot be part of it: other blocks, or more is taken off
     * than was added.
     */
    static Convolutions.Spread spread(OperatorContext first, OperatorContext last) {
        if (!first.isConstant(1) || !first.isConstant(2) || !last.isConstant(1) || !last.isConstant(2)) {
            return null;
        }
        long[] block = BlockMoves.sizes(first, 1, 2, 1);
        long[] pads = BlockMoves.sizes(first, 2, 4, 0);
        long[] crops = BlockMoves.sizes(last, 2, 4, 0);
        if (!Arrays.equals(block, BlockMoves.sizes(last, 1, 2, 1))) {
            return null;
        }
        long[] rest = {pads[0] - crops[0], pads[2] - crops[2], pads[1] - crops[1], pads[3] - crops[3]};
        return Arrays.stream(rest).anyMatch(size -> size < 0) ? null : new Convolutions.Spread(block, rest);
    }
}
