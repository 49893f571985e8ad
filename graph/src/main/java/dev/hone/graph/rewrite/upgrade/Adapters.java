package dev.hone.graph.rewrite.upgrade;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The changes of ONNX operators from version 8 on that require conversion, from <a
 * href="https://github.com/onnx/onnx/blob/main/docs/Changelog.md">ONNX's changelog</a>. A version in which an operator
 * only gained element types, or an attribute whose default is the old behavior, has no entry.
 */
final class Adapters {
    private static final Map<String, TreeMap<Integer, Adapter>> TABLE = new HashMap<>();

    private Adapters() {}

    static {
        // Attributes that became inputs.
        at(9, "Upsample", n -> AttributesToInputs.floats(n, "scales", 1));
        at(10, "Slice", AttributesToInputs::slice);
        at(10, "TopK", n -> AttributesToInputs.vectorOfOne(n, "k", 1));
        at(11, "Clip", AttributesToInputs::clip);
        at(11, "Pad", AttributesToInputs::pad);
        at(12, "Dropout", n -> AttributesToInputs.scalar(n, "ratio", 1));
        at(13, "Squeeze", n -> AttributesToInputs.ints(n, "axes", 1));
        at(13, "Unsqueeze", n -> AttributesToInputs.ints(n, "axes", 1));
        at(13, "ReduceSum", n -> AttributesToInputs.ints(n, "axes", 1));
        at(13, "Split", n -> AttributesToInputs.ints(n, "split", 1));
        for (String reduction : Set.of("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare")) {
            at(18, "Reduce" + reduction, n -> AttributesToInputs.ints(n, "axes", 1));
        }
        at(20, "DFT", n -> AttributesToInputs.scalarInt(n, "axis", 1, 2));

        // Changes of meaning.
        at(9, "BatchNormalization", SemanticChanges::batchNormalizationSpatial);
        at(9, "Scan", SemanticChanges::scan);
        at(10, "Dropout", SemanticChanges::dropoutMask);
        at(10, "Upsample", n -> n.setOp("", "Resize"));
        at(11, "Resize", SemanticChanges::resizeCoordinates);
        at(11, "Scatter", n -> n.setOp("", "ScatterElements"));
        at(13, "Hardmax", SemanticChanges::flattened);
        at(13, "LogSoftmax", SemanticChanges::flattened);
        at(13, "Softmax", SemanticChanges::flattened);
        at(13, "Resize", SemanticChanges::resizeInputs);
        at(14, "BatchNormalization", SemanticChanges::batchNormalizationTraining);
        at(16, "RoiAlign", n -> n.set("coordinate_transformation_mode", "output_half_pixel"));
        at(18, "Split", SemanticChanges::splitCount);
        at(20, "GridSample", SemanticChanges::gridSampleMode);
        at(21, "GroupNormalization", SemanticChanges::groupNormalizationChannels);
    }

    private static void at(int version, String op, Adapter adapter) {
        TABLE.computeIfAbsent(op, k -> new TreeMap<>()).put(version, adapter);
    }

    /** The first adapter of an operator after a version, with its target version, or null. */
    static Map.Entry<Integer, Adapter> after(long version, String op) {
        TreeMap<Integer, Adapter> versions = TABLE.get(op);
        return versions == null ? null : versions.higherEntry((int) version);
    }
}
