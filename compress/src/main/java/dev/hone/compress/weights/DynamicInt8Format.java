package dev.hone.compress.weights;

import dev.hone.compress.CompressionException;
import dev.hone.compress.quantize.QuantizedForm;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.compress.stream.Conversion;
import dev.hone.compress.stream.Format;
import dev.hone.compress.stream.Storage;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.rewrite.GraphEdits;
import dev.hone.runtime.Cpu;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Dynamic quantization to 8-bit integers: weights of matrix products are signed bytes with a quantization scale per
 * output, activations become unsigned bytes with the range that each run finds, so that no calibration data are needed.
 * Written with {@code DynamicQuantizeLinear} and {@code MatMulInteger}, which ONNX Runtime fuses; nodes that read the
 * same activation share its conversion. Tables that rows are looked up in are stored in blocks of 8 bits as {@link
 * WeightOnlyFormat} does it.
 */
public final class DynamicInt8Format implements Format {
    /** What the runtime has no fused kernel for, although its weights are constant. */
    private static final Map<String, String> NOT_FUSED = Map.of(
            "Conv", "convolutions with dynamic ranges are not fused and slower than FP32; use static quantization",
            "ConvTranspose", "there is no INT8 kernel for it",
            "LSTM", "recurrent operators are kept in FP32",
            "GRU", "recurrent operators are kept in FP32",
            "RNN", "recurrent operators are kept in FP32");

    private final boolean reduceRange;
    private final WeightOptions tables;

    /**
     * @param reduceRange whether weights keep to 7 bits, which x86 processors without VNNI instructions need
     * @param embeddings whether tables that rows are looked up in become bytes too
     */
    public DynamicInt8Format(boolean reduceRange, boolean embeddings) {
        this.reduceRange = reduceRange;
        this.tables = WeightOptions.ofBits(8).withEmbeddings(embeddings);
    }

    @Override
    public String description() {
        return "dynamic INT8, activations u8, weights s8 per output" + (reduceRange ? " in 7 bits" : "")
                + (tables.embeddings() ? ", tables in blocks of " + tables.blockSize() : "");
    }

    @Override
    public List<Conversion> apply(Model model, Storage storage, Map<String, String> left) {
        Graph graph = model.graph();
        QuantizedForm.reject(graph);
        Sites.leave(graph, NOT_FUSED, left);
        Map<Value, List<Sites.Site>> sites = Sites.find(graph, tables, left);
        sites.entrySet().removeIf(entry -> isNoFloat(entry.getKey(), entry.getValue(), left));
        if (sites.values().stream().allMatch(list -> list.get(0).isLookup())) {
            throw new CompressionException("nothing to quantize: the model has no MatMul or Gemm with constant FP32"
                    + " weights of 1024 elements or more");
        }
        List<Conversion> conversions = new ArrayList<>();
        Map<Value, Node> quantized = new HashMap<>();
        sites.forEach((weights, readers) -> conversions.add(
                readers.get(0).isLookup()
                        ? WeightOnlyFormat.pack(graph, weights, readers, storage, tables, null)
                        : pack(graph, weights, readers, storage, quantized)));
        if (graph.nodes().stream().anyMatch(node -> node.domain().equals(WeightOnlyFormat.DOMAIN))) {
            model.opsets().put(WeightOnlyFormat.DOMAIN, 1L);
        }
        model.metadata().put(Quantizer.INSTRUCTIONS_KEY, Cpu.here().describe());
        graph.sort();
        return conversions;
    }

    private static boolean isNoFloat(Value weights, List<Sites.Site> readers, Map<String, String> left) {
        if (weights.type() == ElementType.FLOAT || readers.get(0).isLookup()) {
            return false;
        }
        readers.forEach(site ->
                left.put(site.node().label(), "its weights are " + weights.type() + ", the INT8 kernel returns FP32"));
        return true;
    }

    private Conversion pack(
            Graph graph, Value weights, List<Sites.Site> readers, Storage storage, Map<Value, Node> quantized) {
        MatrixConversion.Matrix matrix = readers.get(0).matrix();
        Storage.Target bytes = storage.allocate(ElementType.INT8, matrix.inputs(), matrix.outputs());
        Storage.Target scales = storage.allocate(ElementType.FLOAT, matrix.outputs());
        Value byteValue = graph.addConstant(weights.name() + "_bytes", bytes.tensor());
        Value scaleValue = graph.addConstant(weights.name() + "_scales", scales.tensor());
        Ops ops = new Ops(graph);
        for (Sites.Site site : readers) {
            Node old = site.node();
            Node x = quantized.computeIfAbsent(
                    old.input(0), input -> ops.node("", "DynamicQuantizeLinear", Map.of(), 3, input));
            Value sums = ops.op("MatMulInteger", x.output(0), byteValue, x.output(2));
            Value scale = ops.mul(x.output(1), scaleValue);
            Value product = ops.mul(ops.cast(sums, ElementType.FLOAT), scale);
            Value bias = old.is("Gemm") ? old.input(2) : null;
            GraphEdits.replaceByNew(old.output(), bias == null ? product : ops.add(product, bias));
            GraphEdits.prune(old);
        }
        return new PackChannels(weights.name(), matrix, bytes, scales, reduceRange ? 63 : 127);
    }
}
