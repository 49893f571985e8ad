package dev.hone.graph.rewrite;

import dev.hone.graph.Attribute;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Removes a node whose output is its first input.
 *
 * <pre>Identity(x) = Dropout(x) = Transpose(x, identity) = Reshape(x, its own shape) = Concat(x) = ... = x</pre>
 *
 * <p>A table lists these operators with their conditions. Results are bitwise identical.
 */
public final class RemoveNoOps implements RewriteRule {
    private static final Predicate<Node> ONE_INPUT = node -> node.inputs().size() == 1;
    private static final Predicate<Node> SAME_SHAPE = node -> Patterns.sameShape(node.input(0), node.output());

    private static final Map<String, Predicate<Node>> NO_OPS = Map.ofEntries(
            Map.entry("Identity", node -> true),
            Map.entry("Dropout", RemoveNoOps::isInference),
            Map.entry(
                    "Cast",
                    node -> node.input(0).type() != null
                            && node.intAttribute("to", 0)
                                    == node.input(0).type().onnx()),
            Map.entry("Concat", ONE_INPUT),
            Map.entry("Sum", ONE_INPUT),
            Map.entry("Mean", ONE_INPUT),
            Map.entry("Max", ONE_INPUT),
            Map.entry("Min", ONE_INPUT),
            Map.entry("Reshape", SAME_SHAPE),
            Map.entry("Flatten", SAME_SHAPE),
            Map.entry("Squeeze", SAME_SHAPE),
            Map.entry("Unsqueeze", SAME_SHAPE),
            Map.entry("Expand", SAME_SHAPE),
            Map.entry("Tile", node -> all(node.input(1), 1)),
            Map.entry("Pad", node -> all(node.input(1), 0)),
            Map.entry("Slice", node -> SAME_SHAPE.test(node) && forwards(node)),
            Map.entry("Transpose", RemoveNoOps::keepsOrder),
            Map.entry("DepthToSpace", node -> node.intAttribute("blocksize", 0) == 1),
            Map.entry("SpaceToDepth", node -> node.intAttribute("blocksize", 0) == 1));

    @Override
    public String description() {
        return "Remove no-ops: Identity, inactive Dropout, reshaping to the same shape and the like.";
    }

    @Override
    public Set<String> operators() {
        return NO_OPS.keySet();
    }

    @Override
    public Match match(Node node) {
        Value x = node.input(0);
        if (x == null || !NO_OPS.get(node.op()).test(node)) {
            return Match.declined("it changes its input, or may change it");
        }
        if (!Patterns.onlyFirstOutput(node)) {
            return Match.declined("its second output is used");
        }
        if (!GraphEdits.canReplace(node.output(), x)) {
            return Match.declined("it produces a graph output");
        }
        return Match.found(() -> GraphEdits.replaceByExisting(node.output(), x));
    }

    /** Dropout is active in training mode only; without the third input it is inactive. */
    private static boolean isInference(Node dropout) {
        Tensor mode = Patterns.constant(dropout.input(2));
        Tensor ratio = Patterns.constant(dropout.input(1));
        return dropout.input(2) == null
                || (mode != null && mode.longs()[0] == 0)
                || (ratio != null && ratio.doubles()[0] == 0);
    }

    private static boolean all(Value value, long number) {
        long[] numbers = Patterns.longs(value);
        return numbers != null && Arrays.stream(numbers).allMatch(n -> n == number);
    }

    private static boolean forwards(Node slice) {
        return slice.input(4) == null
                || (Patterns.longs(slice.input(4)) != null
                        && Arrays.stream(Patterns.longs(slice.input(4))).allMatch(step -> step > 0));
    }

    private static boolean keepsOrder(Node transpose) {
        return transpose.attribute("perm") instanceof Attribute.Ints
                && Arrays.equals(
                        Patterns.permutation(transpose),
                        IntStream.range(0, transpose.intsAttribute("perm").length)
                                .toArray());
    }
}
