package dev.hone.compress.quantize;

import dev.hone.compress.quantize.Traits.Trait;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.Segment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which nodes of a segment may be worth leaving in float: everything, nothing, the kinds of nodes that integer kernels
 * often run no faster, and where there are few products each subset of them.
 */
final class Candidates {
    private static final int FEW_PRODUCTS = 3;

    private final List<Node> nodes;
    private final Map<Set<String>, String> sets = new LinkedHashMap<>();

    private Candidates(Segment segment) {
        nodes = segment.nodes();
    }

    /** @return sets of nodes to leave in FP32, by the names of their outputs, each with what is left, in words */
    static Map<Set<String>, String> of(Segment segment) {
        Candidates candidates = new Candidates(segment);
        candidates.collect();
        return candidates.sets;
    }

    private void collect() {
        List<Node> all = nodes.stream().filter(n -> isChoice(Traits.of(n))).toList();
        List<Node> products =
                all.stream().filter(n -> Traits.of(n) == Trait.WEIGHTED).toList();
        Set<Node> squeeze = squeeze();
        List<Node> depthwise = products.stream().filter(Candidates::isDepthwise).toList();
        List<Node> activations = all.stream().filter(Candidates::isActivation).toList();
        List<Node> arithmetic = all.stream()
                .filter(n -> Traits.of(n) == Trait.KERNEL)
                .filter(n -> !activations.contains(n))
                .toList();
        add(SegmentTimes.INT8, List.of());
        add(SegmentTimes.FP32, all);
        add("depthwise in FP32", depthwise);
        add("squeeze in FP32", squeeze);
        add("squeeze and its product in FP32", with(squeeze, readers(squeeze)));
        add("activations in FP32", activations);
        add("depthwise and squeeze in FP32", with(squeeze, depthwise));
        add("activations and squeeze in FP32", with(squeeze, activations));
        add("elementwise operators in FP32", arithmetic);
        List<Node> main = products.stream().filter(n -> !squeeze.contains(n)).toList();
        if (main.size() <= FEW_PRODUCTS) {
            for (int bits = 1; bits < (1 << main.size()) - 1; bits++) {
                List<Node> left = new ArrayList<>();
                for (int i = 0; i < main.size(); i++) {
                    if ((bits >> i & 1) != 0) {
                        left.add(main.get(i));
                    }
                }
                add(names(left) + " in FP32", left);
            }
        } else {
            add(names(main.subList(0, 1)) + " in FP32", main.subList(0, 1));
            add(
                    names(main.subList(main.size() - 1, main.size())) + " in FP32",
                    main.subList(main.size() - 1, main.size()));
        }
    }

    private void add(String words, Iterable<Node> left) {
        Set<String> names = new LinkedHashSet<>();
        left.forEach(n -> names.add(n.output().name()));
        sets.putIfAbsent(names, words);
    }

    private static boolean isChoice(Trait trait) {
        return trait == Trait.WEIGHTED || trait == Trait.KERNEL || trait == Trait.GATE;
    }

    private static List<Node> with(Set<Node> some, Iterable<Node> others) {
        Set<Node> all = new LinkedHashSet<>(some);
        others.forEach(all::add);
        return List.copyOf(all);
    }

    private static String names(List<Node> some) {
        return some.stream().map(n -> n.output().name()).collect(Collectors.joining(", "));
    }

    private static boolean isDepthwise(Node node) {
        return node.is("Conv") && node.intAttribute("group", 1) > 1;
    }

    private static boolean isActivation(Node node) {
        return Traits.of(node) == Trait.GATE || node.is("Sigmoid") || node.is("LeakyRelu") || isSwish(node);
    }

    /** {@code x * Sigmoid(x)}. */
    private static boolean isSwish(Node node) {
        if (!node.is("Mul")) {
            return false;
        }
        for (int i = 0; i < 2; i++) {
            Node gate = node.input(i).producer();
            if (gate != null && gate.is("Sigmoid") && gate.input(0) == node.input(1 - i)) {
                return true;
            }
        }
        return false;
    }

    /** What is computed of an average over a whole image, as long as there is one number per channel. */
    private Set<Node> squeeze() {
        Set<Node> branch = new LinkedHashSet<>();
        for (Node node : nodes) {
            boolean behind = node.reads().stream().anyMatch(v -> v.producer() != null && branch.contains(v.producer()));
            if (node.is("GlobalAveragePool") || behind && isOnePixel(node.output())) {
                branch.add(node);
            }
        }
        // A pooling at the end of the network is no squeeze: nothing is multiplied by it.
        return readers(branch).stream().anyMatch(n -> n.is("Mul")) ? branch : Set.of();
    }

    private List<Node> readers(Set<Node> branch) {
        return nodes.stream()
                .filter(n -> !branch.contains(n))
                .filter(n -> n.reads().stream().anyMatch(v -> v.producer() != null && branch.contains(v.producer())))
                .toList();
    }

    private static boolean isOnePixel(Value value) {
        Shape shape = value.shape();
        return shape != null
                && shape.rank() == 4
                && shape.dim(2).is(1)
                && shape.dim(3).is(1);
    }
}
