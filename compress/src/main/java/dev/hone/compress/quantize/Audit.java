package dev.hone.compress.quantize;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.model.ModelFiles;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the runtime makes of a quantized model. It is asked for the model that it really runs, after all its fusions; what
 * is found there in FP32 was meant to be integer, or makes the integers around it pay for the way to float and back.
 *
 * @param int8Nodes nodes that compute in INT8
 * @param left products and conversions left in FP32
 * @param operators how many nodes of each operator the runtime runs
 */
public record Audit(int int8Nodes, List<Finding> left, Map<String, Integer> operators) {
    /**
     * @param node its operator and name
     * @param reason why it is in FP32, as far as the model tells
     */
    public record Finding(String node, String reason) {
        @Override
        public String toString() {
            return node + ": " + reason;
        }
    }

    /** Convolutions in FP32 take a blocked layout and lose their names by it; nothing else depends on it. */
    private static final String DISABLE = "optimization.disable_specified_optimizers";

    private static final String BLOCKED_LAYOUT = "NchwcTransformer";

    /** @param model a quantized model, as the file holds it */
    public static Audit of(byte[] model, SessionOptions options) {
        try {
            Path folder = Files.createTempDirectory("hone-audit");
            Path dump = folder.resolve("optimized.onnx");
            try {
                Session.open(model, options.withOptimizedModel(dump).withConfig(DISABLE, BLOCKED_LAYOUT))
                        .close();
                return of(
                        OnnxReader.readUnchanged(model).graph(),
                        ModelFiles.readUnchanged(dump).graph());
            } finally {
                Files.deleteIfExists(dump);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Audit of(Graph source, Graph run) {
        List<Finding> left = new ArrayList<>();
        Map<String, Integer> operators = new TreeMap<>();
        int integers = 0;
        run.sort();
        Set<Node> beforeIntegers = beforeIntegers(run);
        for (Node node : List.copyOf(run.nodes())) {
            operators.merge(node.op(), 1, Integer::sum);
            if (isInteger(node)) {
                integers++;
            } else if (OperatorTraits.is(node, Fact.LINEAR)) {
                left.add(new Finding(node.label(), whyFloat(node, source)));
            } else if (node.op().equals("QuantizeLinear") && hasIntegersBefore(node)) {
                Node before = node.input(0).producer();
                left.add(new Finding(node.label(), "quantizes what " + before.label() + " computes in FP32"));
            } else if (node.op().equals("DequantizeLinear")
                    && node.input(0).producer() != null
                    && beforeIntegers.contains(node)) {
                Node behind = node.output().uses().iterator().next().node();
                left.add(new Finding(node.label(), "dequantizes for " + behind.label()));
            }
        }
        return new Audit(integers, List.copyOf(left), operators);
    }

    private static boolean isInteger(Node node) {
        String op = node.op();
        return op.startsWith("QLinear") || op.equals("QGemm") || op.contains("Integer") || op.equals("QAttention");
    }

    private static boolean hasIntegersBefore(Node node) {
        return node.graph().ancestors(List.of(node.input(0))).stream().anyMatch(Audit::isInteger);
    }

    /** Nodes that what computes in INT8 depends on. */
    private static Set<Node> beforeIntegers(Graph run) {
        Set<Node> found = new HashSet<>();
        List<Node> nodes = List.copyOf(run.nodes());
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            for (Value output : node.outputs()) {
                if (output != null
                        && output.uses().stream().map(Use::node).anyMatch(r -> isInteger(r) || found.contains(r))) {
                    found.add(node);
                }
            }
        }
        return found;
    }

    /** Looks at the node before the runtime changed it. */
    private static String whyFloat(Node run, Graph source) {
        Node node = source.nodes().stream()
                .filter(n -> OperatorTraits.is(n, Fact.LINEAR) && sameName(n, run))
                .findFirst()
                .orElse(null);
        if (node == null) {
            return "the runtime made it of other nodes";
        }
        if (!isDequantized(node.input(0))) {
            return "its input is not quantized";
        }
        if (!isDequantized(node.input(1))) {
            return node.input(1).isConstant() ? "its weights are not quantized" : "its second input is not quantized";
        }
        Value output = node.output();
        if (output.isOutput()) {
            return "its output is an output of the model, with no QuantizeLinear behind it";
        }
        List<Node> readers = output.uses().stream().map(Use::node).toList();
        List<Node> inFloat =
                readers.stream().filter(r -> !r.is("QuantizeLinear")).toList();
        if (readers.size() > 1 && !inFloat.isEmpty()) {
            return "its output is also read in FP32 by " + inFloat.get(0).label();
        }
        if (inFloat.isEmpty()) {
            return "the runtime did not fuse it with the QuantizeLinear behind it";
        }
        return whyActivationStays(inFloat.get(0));
    }

    private static boolean sameName(Node a, Node b) {
        return a.name().isEmpty()
                ? a.output().name().equals(b.output().name())
                : a.name().equals(b.name());
    }

    private static String whyActivationStays(Node activation) {
        Node behind = activation.output().uses().isEmpty()
                ? null
                : activation.output().uses().iterator().next().node();
        if (behind == null || !behind.is("QuantizeLinear")) {
            return "no QuantizeLinear stands between it and " + activation.label();
        }
        double ceiling = Traits.of(activation) == Traits.Trait.CLAMP ? Traits.ceiling(activation) : Double.NaN;
        if (Double.isNaN(ceiling)) {
            return "no QuantizeLinear stands between it and " + activation.label();
        }
        float step = behind.input(1).constant().scalarFloat();
        long zeroPoint =
                behind.input(2) == null ? 0 : behind.input(2).constant().scalarLong();
        if (zeroPoint != 0) {
            return "the INT8 values behind " + activation.label() + " have zero point " + zeroPoint
                    + ", not 0, so that it stays";
        }
        return "the INT8 values behind " + activation.label() + " reach " + Scale.LEVELS * step
                + ", which it bounds at " + ceiling;
    }

    private static boolean isDequantized(Value value) {
        return value != null && value.producer() != null && value.producer().is("DequantizeLinear");
    }

    /** One line. */
    public String summary() {
        return int8Nodes + " nodes run in INT8; products and conversions left in FP32: " + left.size();
    }
}
