package dev.hone.compress.quantize;

import dev.hone.compress.CompressionException;
import dev.hone.compress.quantize.Traits.Trait;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides which nodes compute in INT8 and which values become bytes.
 *
 * <p>The products with constant weights come first. The cheaper kernels follow where they lie between others: where all
 * their inputs are bytes anyway and something behind them reads bytes. A value is quantized behind the Relu or Clip that
 * follows its kernel, not in front of it, because the runtime keeps a kernel in FP32 otherwise.
 */
final class Plan {
    /** Nodes named as examples in a message. */
    private static final int NAMED = 6;

    private final Set<Node> kernels = new LinkedHashSet<>();
    private final Map<Node, String> left = new LinkedHashMap<>();
    private final Set<Value> quantized = new LinkedHashSet<>();
    private final Map<Value, Value> roots = new LinkedHashMap<>();
    private final List<Node> nodes;

    private final Set<Node> statistics;
    private final Set<Value> border;

    private Plan(Graph graph, Set<Value> border) {
        this.nodes = List.copyOf(graph.nodes());
        this.statistics = PooledStatistics.of(graph);
        this.border = border;
    }

    static Plan of(Graph graph, QuantizerOptions options) {
        return of(graph, options, Set.of());
    }

    /** @param border inputs and outputs of the graph that are bytes outside of it */
    static Plan of(Graph graph, QuantizerOptions options, Set<Value> border) {
        Plan plan = new Plan(graph, border);
        plan.chooseKernels(options);
        plan.collectValues();
        return plan;
    }

    /** The nodes that compute in INT8, in topological order. */
    Set<Node> kernels() {
        return kernels;
    }

    /** Products with weights that stay in FP32, each with the reason. */
    Map<Node, String> left() {
        return left;
    }

    /** The values that become bytes by a scale of their own, in topological order. */
    Set<Value> quantized() {
        return quantized;
    }

    /** Outputs of nodes that integers pass through, each with the value whose scale it has. */
    Map<Value, Value> roots() {
        return roots;
    }

    /** The value whose scale the bytes of a value have. */
    Value root(Value value) {
        return roots.getOrDefault(value, value);
    }

    boolean isKernel(Node node) {
        return kernels.contains(node);
    }

    /** Whether the bytes of a value come out of an integer kernel, directly or through a clamp. */
    boolean isComputedInIntegers(Value value) {
        Node producer = value.producer();
        if (producer == null) {
            return false;
        }
        if (Traits.of(producer) == Trait.CLAMP && absorbed(producer)) {
            producer = producer.input(0).producer();
        }
        return kernels.contains(producer);
    }

    /** The value behind a kernel that is quantized: its output, or that of the clamp that alone reads it. */
    static Value point(Node kernel) {
        Value output = kernel.output();
        if (Traits.of(kernel) != Trait.GATE && output.uses().size() == 1 && !output.isOutput()) {
            Node reader = output.uses().iterator().next().node();
            if (reader.graph() == kernel.graph() && Traits.of(reader) == Trait.CLAMP && reader.input(0) == output) {
                return reader.output();
            }
        }
        return output;
    }

    private boolean absorbed(Node clamp) {
        Node before = clamp.input(0).producer();
        return before != null && kernels.contains(before) && point(before) == clamp.output();
    }

    // ---- which nodes

    /** @throws CompressionException if one of the names is none of a node that could become INT8 */
    static void requireNodes(Graph graph, Set<String> names) {
        List<Node> candidates = graph.nodes().stream().filter(Plan::isCandidate).toList();
        for (String name : names) {
            if (candidates.stream().noneMatch(node -> isCalled(node, name))) {
                throw new CompressionException("no node '" + name + "' that can be quantized, to be kept in FP32;"
                        + " there are "
                        + candidates.stream().limit(NAMED).map(Node::label).collect(Collectors.joining(", "))
                        + (candidates.size() > NAMED ? " and " + (candidates.size() - NAMED) + " more" : ""));
            }
        }
    }

    private static boolean isCandidate(Node node) {
        Trait trait = Traits.of(node);
        return trait == Trait.WEIGHTED || trait == Trait.KERNEL || trait == Trait.GATE;
    }

    private static boolean isCalled(Node node, String name) {
        return name.equals(node.name()) || name.equals(node.output().name());
    }

    private void chooseKernels(QuantizerOptions options) {
        List<Node> weighted = nodes.stream()
                .filter(n -> Traits.of(n) == Trait.WEIGHTED)
                .filter(n -> n.input(1) != null
                        && n.input(1).isConstant()
                        && !n.input(0).isConstant())
                .toList();
        for (Node node : nodes) {
            if (!isCandidate(node)) {
                continue;
            }
            String reason = reasonAgainst(node, weighted, options);
            if (reason == null) {
                kernels.add(node);
            } else if (Traits.of(node) == Trait.WEIGHTED) {
                left.put(node, reason);
            }
        }
        // What is left is the largest set of cheap kernels in which each one has bytes before and behind it.
        boolean changed = true;
        while (changed) {
            changed = kernels.removeIf(n -> Traits.of(n) != Trait.WEIGHTED && !(readsBytes(n) && isReadAsBytes(n)));
        }
    }

    /** Why a node that could be computed in INT8 shall not be, or null. */
    private String reasonAgainst(Node node, List<Node> weighted, QuantizerOptions options) {
        if (statistics.contains(node)) {
            return "it reads small differences of statistics of feature maps";
        }
        if (options.keepFp32().stream().anyMatch(name -> isCalled(node, name))) {
            return "kept in FP32 on request";
        }
        if (Traits.of(node) != Trait.WEIGHTED) {
            return null;
        }
        if (node.input(0).isConstant()) {
            return "it is a product of constants, too large to be computed beforehand";
        }
        if (!weighted.contains(node)) {
            return "its weights are computed, not constant";
        }
        if (node.input(1).type() != ElementType.FLOAT) {
            return "its weights are " + node.input(1).type() + ", not FP32";
        }
        if (!options.quantizeFirst() && node == weighted.get(0)) {
            return "the first layer is kept in FP32 on request";
        }
        if (!options.quantizeLast() && node == weighted.get(weighted.size() - 1)) {
            return "the last layer is kept in FP32 on request";
        }
        if (node.is("MatMul") && node.input(1).constant().rank() != 2) {
            return "its weights have " + node.input(1).constant().rank() + " axes, not 2";
        }
        Value bias = node.input(2);
        if (bias != null && !bias.isConstant()) {
            return "its bias is computed, not constant";
        }
        if (node.is("Gemm")
                && (node.intAttribute("transA", 0) != 0
                        || node.floatAttribute("alpha", 1) != 1
                        || bias != null
                                && (node.floatAttribute("beta", 1) != 1
                                        || !isPerColumn(bias.constant(), columns(node))))) {
            return "it is a Gemm with transA, alpha, beta or a bias that is not one number per column";
        }
        if (bias != null && holdsInfinity(bias.constant())) {
            return "its bias holds an infinity, which no integer stands for";
        }
        return null;
    }

    /** Whether a bias is [n] or [1,n]; of a square product [n,1] has as many numbers, one per row. */
    private static boolean isPerColumn(Tensor bias, long columns) {
        return bias.count() == columns && (bias.rank() == 0 || bias.dim(-1) == columns);
    }

    /** As it excludes classes, say; what is no number is refused later. */
    private static boolean holdsInfinity(Tensor bias) {
        for (float value : bias.floats()) {
            if (Float.isInfinite(value)) {
                return true;
            }
        }
        return false;
    }

    private static long columns(Node gemm) {
        return gemm.input(1).constant().dim(QuantizedWeights.axis(gemm));
    }

    private boolean readsBytes(Node node) {
        boolean computed = false;
        for (int i = 0; i < Traits.dataInputs(node); i++) {
            Value input = node.input(i);
            if (input == null || input.isConstant()) {
                if (input == null || input.type() != ElementType.FLOAT) {
                    return false;
                }
                continue;
            }
            if (!willBeBytes(input)) {
                return false;
            }
            computed = true;
        }
        return computed;
    }

    private boolean willBeBytes(Value value) {
        if (isComputedInIntegers(value)
                || value.producer() == null && border.contains(value)
                || value.uses().stream().anyMatch(u -> isWeightedKernel(u.node()))) {
            return true;
        }
        Node producer = value.producer();
        return producer != null && Traits.of(producer) == Trait.PASS && willBeBytes(producer.input(0));
    }

    private boolean isWeightedKernel(Node node) {
        return kernels.contains(node) && Traits.of(node) == Trait.WEIGHTED;
    }

    private boolean isReadAsBytes(Node kernel) {
        return isReadAsBytes(point(kernel));
    }

    private boolean isReadAsBytes(Value value) {
        if (value.producer() != null && border.contains(value)) {
            return true;
        }
        for (Use use : value.uses()) {
            Node reader = use.node();
            if (kernels.contains(reader)
                    || Traits.of(reader) == Trait.PASS
                            && use.index() == 0
                            && reader.outputs().stream().anyMatch(o -> o != null && isReadAsBytes(o))) {
                return true;
            }
        }
        return false;
    }

    // ---- which values

    private void collectValues() {
        Set<Value> wanted = new LinkedHashSet<>();
        for (Node node : kernels) {
            for (int i = 0; i < Traits.dataInputs(node); i++) {
                if (!node.input(i).isConstant()) {
                    want(node.input(i), wanted);
                }
            }
            // A product of matrices may end in FP32; a convolution in INT8 cannot.
            if (!node.is("Gemm") && !node.is("MatMul") || isReadAsBytes(node)) {
                wanted.add(point(node));
            }
        }
        List<Value> inOrder = new ArrayList<>(wanted);
        inOrder.removeIf(v -> v.producer() != null);
        for (Node node : nodes) {
            for (Value output : node.outputs()) {
                if (output != null && wanted.contains(output)) {
                    inOrder.add(output);
                }
            }
        }
        for (Value value : inOrder) {
            Node producer = value.producer();
            if (producer != null && Traits.of(producer) == Trait.PASS && !isComputedInIntegers(value)) {
                roots.put(value, root(producer.input(0)));
            } else {
                quantized.add(value);
            }
        }
    }

    /** What passes integers through gets its scale from in front of it. */
    private static void want(Value value, Set<Value> wanted) {
        wanted.add(value);
        Node producer = value.producer();
        if (producer != null && Traits.of(producer) == Trait.PASS) {
            // The runtime lets integers through only where every output is bytes.
            producer.outputs().stream().filter(Objects::nonNull).forEach(wanted::add);
            want(producer.input(0), wanted);
        }
    }
}
