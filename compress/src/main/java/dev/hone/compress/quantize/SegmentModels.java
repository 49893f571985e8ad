package dev.hone.compress.quantize;

import dev.hone.compress.plan.Border;
import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes parts of a prepared network as models of their own, for one image, in the form that the same part has in the
 * quantized network: the same scales, the same pairs of QuantizeLinear and DequantizeLinear.
 */
final class SegmentModels {
    /** For a value that no image was seen at; only time is measured. */
    private static final Scale PLAUSIBLE = new Scale(0.05f, 0);

    private final Model source;
    private final Map<String, Scale> scales;
    private final QuantizerOptions options;

    SegmentModels(Model source, Map<String, Scale> scales, QuantizerOptions options) {
        this.source = source;
        this.scales = new HashMap<>(scales);
        this.options = options;
        for (Value value : source.graph().values()) {
            this.scales.putIfAbsent(value.name(), PLAUSIBLE);
        }
    }

    /**
     * @param key the same for parts that take the same time: all but the numbers in weights and scales
     * @param integers the nodes that compute in INT8, by the names of their outputs
     * @param integerHead whether integer kernels alone read the input
     * @param integerTail whether the output comes out of an integer kernel
     */
    record Part(String key, byte[] model, Set<String> integers, boolean integerHead, boolean integerTail) {}

    /**
     * @param nodes a part with one way in and one way out, in topological order
     * @param outputs outputs of the network inside it besides {@code out}
     * @param keepFp32 nodes to leave in FP32, by the names of their outputs
     */
    Part write(
            List<Node> nodes, Value in, Value out, List<Value> outputs, Set<String> keepFp32, Border from, Border to) {
        Graph graph = new Graph("part");
        Map<Value, Value> copies = new HashMap<>();
        Value input = graph.addInput(in.name(), in.type(), one(in.shape()));
        copies.put(in, input);
        for (Node node : nodes) {
            copy(node, graph, copies);
        }
        Value output = copies.get(out);
        graph.addOutput(output);
        outputs.forEach(v -> graph.addOutput(copies.get(v)));

        Set<Value> border = new HashSet<>();
        if (from == Border.BYTES) {
            border.add(input);
        }
        if (to == Border.BYTES) {
            border.add(output);
        }
        QuantizerOptions here = options.withKeepFp32(keepFp32);
        Plan plan = Quantizer.plan(graph, here, border);
        Set<String> integers =
                plan.kernels().stream().map(n -> n.output().name()).collect(Collectors.toSet());
        boolean integerHead = input.uses().stream().map(Use::node).allMatch(plan::isKernel);
        boolean integerTail = plan.isComputedInIntegers(plan.root(output));
        Quantizer.write(graph, plan, scales, Map.of(), here);
        if (from == Border.BYTES) {
            takeBytes(graph, input);
        }
        if (to == Border.BYTES) {
            giveBytes(graph);
        }
        Model model = new Model(graph);
        model.opsets().putAll(source.opsets());
        model.functions().addAll(source.functions());
        model.setIrVersion(source.irVersion());
        new dev.hone.graph.rewrite.RemoveDeadCode().run(model);
        graph.uniqueNames();
        graph.sort();
        return new Part(StructureKey.of(graph), OnnxWriter.toBytes(model), integers, integerHead, integerTail);
    }

    private static Shape one(Shape shape) {
        return new Shape(shape.dims().stream()
                .map(d -> d.substitute(symbol -> Dim.of(1)))
                .toList());
    }

    private static void copy(Node node, Graph graph, Map<Value, Value> copies) {
        List<Value> inputs = node.inputs().stream()
                .map(v -> v == null ? null : copies.computeIfAbsent(v, c -> fromOutside(c, graph)))
                .toList();
        Node copy = graph.addNode(node.domain(), node.op(), inputs);
        copy.setName(node.name());
        node.attributes().forEach(copy::set);
        for (Value output : node.outputs()) {
            Value made = copy.addOutput(output == null ? null : output.name());
            if (output != null) {
                made.setType(output.type());
                made.setShape(output.shape() == null ? null : one(output.shape()));
                copies.put(output, made);
            }
        }
    }

    /** A constant, or a further input of the network. */
    private static Value fromOutside(Value value, Graph graph) {
        return value.isConstant()
                ? graph.addConstant(value.name(), value.constant())
                : graph.addInput(value.name(), value.type(), one(value.shape()));
    }

    private void takeBytes(Graph graph, Value input) {
        Ops ops = new Ops(graph);
        Value bytes = graph.addInput(input.name() + "_bytes", ElementType.UINT8, input.shape());
        Value back = null;
        for (Use use : List.copyOf(input.uses())) {
            if (use.node().is("QuantizeLinear")) {
                use.node().output().replaceBy(bytes);
            } else {
                back = back != null ? back : dequantize(ops, bytes, scales.get(input.name()));
                use.node().setInput(use.index(), back);
            }
        }
        for (Node node : List.copyOf(graph.nodes())) {
            if (node.is("QuantizeLinear") && node.output().isUnused()) {
                graph.remove(node);
            }
        }
        graph.removeInput(input);
    }

    private static Value dequantize(Ops ops, Value bytes, Scale scale) {
        return ops.op("DequantizeLinear", bytes, ops.constant(scale.step()), zeroPoint(ops, scale))
                .setType(ElementType.FLOAT);
    }

    private static Value zeroPoint(Ops ops, Scale scale) {
        return ops.constant(Tensor.ofBytes(ElementType.UINT8, new byte[] {(byte) scale.zeroPoint()}));
    }

    private void giveBytes(Graph graph) {
        Value output = graph.outputs().get(0);
        Node producer = output.producer();
        if (producer != null && producer.is("DequantizeLinear")) {
            graph.setOutput(0, producer.input(0));
            return;
        }
        Ops ops = new Ops(graph);
        Scale scale = scales.get(output.name());
        graph.setOutput(0, ops.op("QuantizeLinear", output, ops.constant(scale.step()), zeroPoint(ops, scale)));
    }
}
