package dev.hone.graph.analysis;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Finds the feature maps [N,C,H,W] of a convolutional network, one for each stride: the last value at that stride through
 * which everything passes that the coarsest map depends on. In a residual network it is what the last block of a stage gives,
 * in MobileNets and EfficientNets the expanded maps in front of the next stage. Heads, necks and decoders beside that path do
 * not count.
 */
public final class FeaturePyramid {
    /** A coarser map than this has next to no places left in images of usual size. */
    private static final int COARSEST = 32;

    /** Two sizes by whose difference a symbolic size is measured, multiples of all usual strides. */
    private static final long[] PROBES = {1 << 20, 1 << 21};

    /**
     * A feature map.
     *
     * @param stride pixels of the image for each place of the map, in both directions
     */
    public record Level(Value map, int stride) {}

    private final Graph graph;
    private final Value image;
    private final Set<Value> followed = new HashSet<>();
    private final Map<Value, Integer> strides = new LinkedHashMap<>();
    private final List<Node> linear = new ArrayList<>();

    private FeaturePyramid(Graph graph, Value image) {
        this.graph = graph;
        this.image = image;
    }

    /**
     * @param graph with its shapes inferred. Where height and width of the image are different symbols, strides are exact;
     *     where they are numbers, strides are the rounded ratio of sizes
     * @param image its input [N,C,H,W]
     * @return from fine to coarse; empty if there are no maps, or if most layers of the network work on something else, as in
     *     a transformer whose only convolution makes tokens of the image
     */
    public static List<Level> of(Graph graph, Value image) {
        return new FeaturePyramid(graph, image).find();
    }

    private List<Level> find() {
        graph.sort();
        follow();
        Value coarsest = null;
        for (Map.Entry<Value, Integer> map : strides.entrySet()) {
            int stride = map.getValue();
            if (stride <= COARSEST && (coarsest == null || stride >= strides.get(coarsest))) {
                coarsest = map.getKey();
            }
        }
        if (coarsest == null) {
            return List.of();
        }
        List<Node> path = graph.ancestors(List.of(coarsest));
        return isMinor(path) ? List.of() : levels(path);
    }

    /** Which values depend on the elements of the image, and which of them are maps that a convolution made. */
    private void follow() {
        Set<Value> convolved = new HashSet<>();
        Node head = classifier();
        followed.add(image);
        for (Node node : graph.nodes()) {
            if (node == head
                    || OperatorTraits.is(node, Fact.SIZES)
                    || node.reads().stream().noneMatch(followed::contains)) {
                continue;
            }
            boolean isLinear = OperatorTraits.is(node, Fact.LINEAR);
            if (isLinear) {
                linear.add(node);
            }
            boolean behind =
                    FeatureMaps.isConvolution(node) || node.reads().stream().anyMatch(convolved::contains);
            for (Value output : node.outputs()) {
                if (output == null) {
                    continue;
                }
                followed.add(output);
                if (behind) {
                    convolved.add(output);
                    stride(image, output).ifPresent(stride -> strides.put(output, stride));
                }
            }
        }
    }

    /** The last layer of a classifier, which may be a convolution whose maps are class scores; null if it is none. */
    private Node classifier() {
        Value scores = graph.outputs().isEmpty() ? null : graph.outputs().get(0);
        boolean classifies =
                scores != null && scores.shape() != null && scores.shape().rank() == 2;
        return classifies ? Head.of(scores).layer() : null;
    }

    /** Whether more layers with weights work on no maps than lead to the maps. */
    private boolean isMinor(List<Node> path) {
        Set<Node> leading = new HashSet<>(path);
        int before = 0;
        int elsewhere = 0;
        for (Node node : linear) {
            if (leading.contains(node)) {
                before++;
            } else if (!strides.containsKey(node.output(0)) && !isVector(node.output(0))) {
                elsewhere++;
            }
        }
        return elsewhere > before;
    }

    /** What a classifier's last layers and the gates beside maps work on. */
    private static boolean isVector(Value value) {
        Shape shape = value.shape();
        return shape != null
                && (shape.rank() == 2
                        || shape.rank() == 4
                                && shape.dim(2).is(1)
                                && shape.dim(3).is(1));
    }

    private List<Level> levels(List<Node> path) {
        Set<Node> open = new LinkedHashSet<>(path);
        Set<Value> live = new LinkedHashSet<>(List.of(image));
        Map<Integer, Value> last = new LinkedHashMap<>();
        for (Node node : path) {
            open.remove(node);
            for (Value output : node.outputs()) {
                if (output != null && followed.contains(output)) {
                    live.add(output);
                }
            }
            Value end = path.get(path.size() - 1) == node ? node.output(0) : null;
            live.removeIf(value -> value != end
                    && value.readers().stream()
                            .noneMatch(reader -> open.contains(reader) && !OperatorTraits.is(reader, Fact.SIZES)));
            Value only = live.size() == 1 ? live.iterator().next() : null;
            if (only != null && strides.containsKey(only)) {
                last.put(strides.get(only), only);
            }
        }
        return last.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(level -> new Level(level.getValue(), level.getKey()))
                .toList();
    }

    /**
     * The stride of a map, by its shape and the image's.
     *
     * @return empty if it is no map [N,C,H,W] of floats, or has different strides in the two directions
     */
    public static OptionalInt stride(Value image, Value value) {
        Shape shape = value.shape();
        if (shape == null
                || shape.rank() != 4
                || value.type() != ElementType.FLOAT
                || !shape.dim(1).isConstant()) {
            return OptionalInt.empty();
        }
        OptionalInt rows = stride(image.shape().dim(2), shape.dim(2));
        OptionalInt columns = stride(image.shape().dim(3), shape.dim(3));
        return rows.equals(columns) ? rows : OptionalInt.empty();
    }

    private static OptionalInt stride(Dim side, Dim places) {
        long pixels;
        long spanned;
        if (side.isConstant()) {
            pixels = side.constant();
            spanned = places.value().orElse(0);
            if (spanned <= 1) {
                return OptionalInt.empty();
            }
        } else {
            pixels = PROBES[1] - PROBES[0];
            OptionalLong small = at(places, side, PROBES[0]);
            OptionalLong large = at(places, side, PROBES[1]);
            if (small.isEmpty() || large.isEmpty()) {
                return OptionalInt.empty();
            }
            spanned = large.getAsLong() - small.getAsLong();
        }
        return spanned <= 0 || spanned > pixels
                ? OptionalInt.empty()
                : OptionalInt.of((int) Math.round((double) pixels / spanned));
    }

    private static OptionalLong at(Dim places, Dim side, long pixels) {
        return places.substitute(symbol -> symbol.equals(side.toString()) ? Dim.of(pixels) : null)
                .value();
    }
}
