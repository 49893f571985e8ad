package dev.hone.compress.weights;

import dev.hone.compress.stream.Source;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.OperatorTraits.Role;
import dev.hone.graph.op.WeightInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the nodes of a graph whose constant weights can be stored in blocks, and says of the others why not. */
final class Sites {
    /** Below this the scales and zero points eat up what the levels save, and time goes to the node itself. */
    private static final long FEWEST = 1024;

    private final WeightOptions options;
    private final Map<String, String> left;
    private final Map<Value, List<Site>> byWeights = new LinkedHashMap<>();

    /**
     * @param weights the initializer
     * @param matrix how it lies
     */
    record Site(Node node, Value weights, MatrixConversion.Matrix matrix) {
        boolean isLookup() {
            return OperatorTraits.of(node).input(Role.TABLE) != null;
        }
    }

    private Sites(WeightOptions options, Map<String, String> left) {
        this.options = options;
        this.left = left;
    }

    /** The sites of each initializer. Nodes of subgraphs stay as they are. */
    static Map<Value, List<Site>> find(Graph graph, WeightOptions options, Map<String, String> left) {
        Sites sites = new Sites(options, left);
        for (Node node : graph.nodes()) {
            sites.add(node);
        }
        sites.byWeights.entrySet().removeIf(entry -> sites.isReadOtherwise(entry.getKey(), entry.getValue()));
        return sites.byWeights;
    }

    /**
     * Names the nodes whose operator has no kernel for such weights.
     *
     * @param reasons by operator
     */
    static void leave(Graph graph, Map<String, String> reasons, Map<String, String> left) {
        for (Node node : graph.nodes()) {
            String reason = node.domain().isEmpty() ? reasons.get(node.op()) : null;
            if (reason != null) {
                left.put(node.label(), reason);
            }
        }
    }

    private void add(Node node) {
        WeightInput input = input(node);
        if (input == null || !node.domain().isEmpty()) {
            return;
        }
        boolean lookup = input.role() == Role.TABLE;
        Value given = node.input(input.index());
        Value weights = initializer(given);
        if (weights == null || weights.constant().rank() != 2 || !weights.type().isFloat()) {
            return;
        }
        String reason = lookup ? whyNoLookup(node, weights) : whyNoProduct(node, weights);
        if (reason != null) {
            left.put(node.label(), reason);
            return;
        }
        Tensor tensor = weights.constant();
        boolean turned = given != weights && !lookup;
        boolean outputsFirst = lookup || turned != (input.outputAxis(node, 2) == 0);
        byWeights
                .computeIfAbsent(weights, w -> new ArrayList<>())
                .add(new Site(node, weights, new MatrixConversion.Matrix(tensor, outputsFirst)));
    }

    /** The input with a table, where those are asked for, or with the kernel of a product of matrices; null if there is none. */
    private WeightInput input(Node node) {
        OperatorTraits traits = OperatorTraits.of(node);
        return traits.is(Fact.LINEAR)
                ? traits.input(Role.KERNEL)
                : options.embeddings() ? traits.input(Role.TABLE) : null;
    }

    /** The initializer that a value is, or that it is the transpose of; null if there is none. */
    private static Value initializer(Value value) {
        Node producer = value.producer();
        if (producer != null && producer.is("Transpose") && producer.input(0).isConstant()) {
            Value turned = producer.input(0);
            return turned.constant().rank() == 2 && !isIdentity(producer.intsAttribute("perm")) ? turned : null;
        }
        return value.constant() == null ? null : value;
    }

    private static boolean isIdentity(long[] perm) {
        return perm != null && perm[0] == 0;
    }

    private String whyNoProduct(Node node, Value weights) {
        if (node.is("Gemm") && node.intAttribute("transA", 0) != 0) {
            return "its input is transposed";
        }
        if (node.is("Gemm") && (node.floatAttribute("alpha", 1) != 1 || node.floatAttribute("beta", 1) != 1)) {
            return "it scales its products";
        }
        return whyNo(weights);
    }

    private String whyNoLookup(Node node, Value weights) {
        if (node.intAttribute("axis", 0) != 0) {
            return "it looks up columns";
        }
        if (weights.constant().dim(1) % options.blockSize() != 0) {
            return "its rows of " + weights.constant().dim(1) + " are no whole number of blocks of "
                    + options.blockSize();
        }
        return whyNo(weights);
    }

    private static String whyNo(Value weights) {
        if (!weights.isConstant()) {
            return "callers may override its weights, since they are an input too";
        }
        if (!Source.reads(weights.type()) || weights.type() == ElementType.BFLOAT16) {
            return "its weights are " + weights.type() + ", the kernel takes FP32 and FP16";
        }
        return weights.constant().count() < FEWEST ? "it has fewer than " + FEWEST + " weights" : null;
    }

    private boolean isReadOtherwise(Value weights, List<Site> sites) {
        MatrixConversion.Matrix first = sites.get(0).matrix();
        boolean lookup = sites.get(0).isLookup();
        String reason = null;
        if (weights.isOutput()) {
            reason = "its weights are an output of the model";
        }
        for (Site site : sites) {
            if (site.isLookup() != lookup || site.matrix().outputsFirst() != first.outputsFirst()) {
                reason = "its weights are shared by nodes that need them in different forms";
            }
        }
        for (Use use : weights.uses()) {
            Node reader = use.node();
            if (!isSite(reader, sites) && !feedsSitesOnly(reader, sites)) {
                reason = "its weights are also read by " + reader.label();
            }
        }
        if (reason != null) {
            for (Site site : sites) {
                left.put(site.node().label(), reason);
            }
        }
        return reason != null;
    }

    private static boolean isSite(Node node, List<Site> sites) {
        return sites.stream().anyMatch(site -> site.node() == node);
    }

    private static boolean feedsSitesOnly(Node reader, List<Site> sites) {
        return reader.is("Transpose")
                && !reader.output().isOutput()
                && reader.output().uses().stream().allMatch(use -> isSite(use.node(), sites));
    }
}
