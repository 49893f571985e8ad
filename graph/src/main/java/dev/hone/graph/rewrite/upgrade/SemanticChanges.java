package dev.hone.graph.rewrite.upgrade;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Converts operators whose semantics changed. */
final class SemanticChanges {
    private SemanticChanges() {}

    /**
     * Before version 13, Softmax and related operators flatten the input to a matrix whose rows are all axes from
     * {@code axis} on; since then they work along one axis. Both agree if that axis is the last one.
     */
    static void flattened(Node node) {
        Value x = node.input(0);
        long axis = node.intAttribute("axis", 1);
        if (axis == -1 || x.shape() != null && (axis == x.shape().rank() - 1 || isRow(x, axis))) {
            node.set("axis", axis);
            return;
        }
        Ops ops = new Ops(node.graph());
        Value rows = ops.op("Flatten", Map.of("axis", axis), x);
        Value result = ops.op(node.op(), Map.of("axis", -1), rows);
        replace(node, ops.reshapeLike(result, x));
    }

    /** Whether all dimensions after an axis are 1. */
    private static boolean isRow(Value x, long axis) {
        List<Dim> dims = x.shape().dims();
        int from = Math.toIntExact(axis < 0 ? axis + dims.size() : axis);
        return dims.subList(Math.min(from + 1, dims.size()), dims.size()).stream()
                .allMatch(d -> d.is(1));
    }

    /**
     * With {@code spatial = 0}, version 7 normalizes every activation separately: {@code y = (x - mean) / sqrt(var +
     * epsilon) * scale + b}, with parameters of the shape of x without its batch.
     */
    static void batchNormalizationSpatial(Node node) {
        boolean spatial = node.intAttribute("spatial", 1) != 0;
        node.set("spatial", null);
        Value x = node.input(0);
        // At rank 2 each channel is one activation, so both are the same.
        if (spatial || x.shape() != null && x.shape().rank() == 2) {
            return;
        }
        if (isTraining(node)) {
            throw new GraphException(node, "trains a normalization with spatial=0, which later opsets cannot express");
        }
        Ops ops = new Ops(node.graph());
        Value variance = node.input(4);
        Value epsilon = like(ops, variance, node.floatAttribute("epsilon", 1e-5f));
        Value deviation = ops.op("Sqrt", ops.add(variance, epsilon));
        Value normal = ops.div(ops.sub(x, node.input(3)), deviation);
        replace(node, ops.add(ops.mul(normal, node.input(1)), node.input(2)));
    }

    private static Value like(Ops ops, Value like, float value) {
        return like.type() == null ? ops.op("CastLike", ops.constant(value), like) : ops.constantLike(like, value);
    }

    /**
     * Before version 14 a normalization is in training mode if it has more than one output; since then an attribute
     * sets the mode, and the outputs are y, running mean, running variance.
     */
    static void batchNormalizationTraining(Node node) {
        if (!isTraining(node)) {
            return;
        }
        for (int i = 3; i < node.outputs().size(); i++) {
            if (node.output(i) != null && !node.output(i).isUnused()) {
                throw new GraphException(
                        node,
                        "output " + node.output(i).name()
                                + " (saved mean or variance) is used, which later opsets do not have");
            }
        }
        Ops ops = new Ops(node.graph());
        Map<String, Object> attributes = new LinkedHashMap<>(node.attributes());
        attributes.put("training_mode", 1);
        Node trained = ops.node("", node.op(), attributes, 3, node.inputs().toArray(Value[]::new));
        replace(node, trained.output(0), trained.output(1), trained.output(2));
    }

    private static boolean isTraining(Node node) {
        for (int i = 1; i < node.outputs().size(); i++) {
            if (node.output(i) != null) {
                return true;
            }
        }
        return false;
    }

    /** Version 8 has a batch axis and sequence lengths. */
    static void scan(Node node) {
        throw new GraphException(
                node,
                "Scan of opset 8 works on batches of sequences, which later opsets"
                        + " cannot express; export the model with opset 9 or later");
    }

    /** The mask had the input's type, and is boolean since version 10. */
    static void dropoutMask(Node node) {
        if (node.output(1) == null || node.output(1).isUnused()) {
            return;
        }
        Ops ops = new Ops(node.graph());
        Node dropout = ops.node("", node.op(), node.attributes(), 2, node.input(0));
        AttributesToInputs.scalar(dropout, "ratio", 1);
        dropout.output(1).setType(ElementType.BOOL).setShape(node.input(0).shape());
        replace(node, dropout.output(0), ops.op("CastLike", dropout.output(1), node.input(0)));
    }

    /**
     * Version 10 divides output coordinates by the scale ("asymmetric"). In mode "nearest" it rounds down when it
     * enlarges an axis and up when it reduces one. No later mode does both, so if both may occur the node is replaced
     * by two, one per kind of axis.
     */
    static void resizeCoordinates(Node node) {
        Value x = node.input(0);
        Value scales = node.input(1);
        node.set("coordinate_transformation_mode", "asymmetric");
        if (!node.stringAttribute("mode", "nearest").equals("nearest")) {
            node.setInputs(x, null, scales);
            return;
        }
        boolean enlarges = true;
        boolean reduces = true;
        if (scales.isConstant()) {
            enlarges = false;
            reduces = false;
            for (float scale : scales.constant().floats()) {
                enlarges |= scale > 1;
                reduces |= scale < 1;
            }
        }
        if (!(enlarges && reduces)) {
            node.set("nearest_mode", reduces ? "ceil" : "floor");
            node.setInputs(x, null, scales);
            return;
        }
        Ops ops = new Ops(node.graph());
        Value one = ops.constant(1f);
        Map<String, Object> attributes = new LinkedHashMap<>(node.attributes());
        attributes.put("nearest_mode", "floor");
        Value larger = ops.op("Resize", attributes, x, null, ops.op("Max", scales, one));
        node.set("nearest_mode", "ceil");
        node.setInputs(larger, null, ops.op("Min", scales, one));
    }

    /** Version 11 requires unused inputs as empty tensors, and has a mode that was removed. */
    static void resizeInputs(Node node) {
        for (int i = 1; i < node.inputs().size(); i++) {
            Value input = node.input(i);
            if (input != null
                    && (input.isConstant() && input.constant().count() == 0
                            || input.shape() != null && input.shape().elements().is(0))) {
                node.setInput(i, null);
            }
        }
        if (!node.stringAttribute("coordinate_transformation_mode", "half_pixel")
                .equals("tf_crop_and_resize")) {
            node.setInput(1, null);
        }
        if (node.stringAttribute("coordinate_transformation_mode", "").equals("tf_half_pixel_for_nn")
                && node.stringAttribute("mode", "nearest").equals("nearest")) {
            // The coordinate is that of half_pixel and a half more: floor(c + 1/2) rounds c, halves up, and rounding
            // c + 1/2, halves down, gives ceil(c). The other modes have no equal; runtimes still know the old name.
            String rounding = node.stringAttribute("nearest_mode", "round_prefer_floor");
            String equal = Map.of("floor", "round_prefer_ceil", "round_prefer_floor", "ceil")
                    .get(rounding);
            if (equal != null) {
                node.set("coordinate_transformation_mode", "half_pixel");
                node.set("nearest_mode", equal);
            }
        }
        node.setInputs(node.inputs());
    }

    /** Equal parts, as many as outputs. */
    static void splitCount(Node node) {
        if (node.input(1) == null) {
            node.set("num_outputs", node.outputs().size());
        }
    }

    private static final Map<String, String> SAMPLING = Map.of("bilinear", "linear", "bicubic", "cubic");

    static void gridSampleMode(Node node) {
        String mode = node.stringAttribute("mode", "bilinear");
        node.set("mode", SAMPLING.getOrDefault(mode, mode));
    }

    /**
     * Version 18 has a scale and a bias per group, version 21 per channel: each is repeated for the C / G channels of
     * the group.
     */
    static void groupNormalizationChannels(Node node) {
        Value x = node.input(0);
        long groups = node.intAttribute("num_groups", 1);
        Ops ops = new Ops(node.graph());
        Value perGroup;
        if (x.shape() != null && x.shape().dim(1).isConstant()) {
            perGroup = ops.vector(x.shape().size(1) / groups);
        } else {
            perGroup = ops.op("Div", ops.op("Shape", Map.of("start", 1, "end", 2), x), ops.vector(groups));
        }
        for (int i = 1; i <= 2; i++) {
            Value column = ops.unsqueeze(node.input(i), 1);
            Value repeated = ops.op("Expand", column, ops.concat(0, List.of(ops.constant(Tensor.vector(1)), perGroup)));
            node.setInput(i, ops.reshape(repeated, -1));
        }
    }

    /** Replaces the outputs of a node by other values, which take over the names, and removes the node. */
    private static void replace(Node node, Value... by) {
        Node last = by[0].producer();
        last.setName(node.name());
        last.setDoc(node.doc());
        for (int i = 0; i < by.length; i++) {
            Value old = node.output(i);
            if (old != null) {
                String name = old.name();
                old.replaceBy(by[i]);
                old.setName(node.graph().freshName(name));
                by[i].setName(name);
                if (by[i].type() == null) {
                    by[i].setType(old.type());
                }
                if (by[i].shape() == null) {
                    by[i].setShape(old.shape());
                }
            }
        }
        node.graph().remove(node);
    }
}
