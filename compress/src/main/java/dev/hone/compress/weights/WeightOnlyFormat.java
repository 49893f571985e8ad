package dev.hone.compress.weights;

import dev.hone.compress.CompressionException;
import dev.hone.compress.quantize.QuantizedForm;
import dev.hone.compress.stream.Conversion;
import dev.hone.compress.stream.Format;
import dev.hone.compress.stream.Storage;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.rewrite.GraphEdits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Stores the weights of matrix products, and tables that rows are looked up in, in 4 or 8 bits; what is computed stays
 * float. Products become {@code MatMulNBits}, tables {@code GatherBlockQuantized}, both of ONNX Runtime's domain: the form
 * that its kernels for few bits run without unpacking the weights first.
 */
public final class WeightOnlyFormat implements Format {
    static final String DOMAIN = "com.microsoft";

    /** What the runtime has no kernel for that reads weights in blocks. */
    private static final Map<String, String> NO_KERNEL = Map.of(
            "Conv", "convolutions with weights in blocks have no kernel; use static quantization",
            "ConvTranspose", "there is no kernel with weights in blocks for it",
            "LSTM", "recurrent operators are kept in FP32",
            "GRU", "recurrent operators are kept in FP32",
            "RNN", "recurrent operators are kept in FP32");

    private final WeightOptions options;
    private final InputStatistics statistics;

    /** Without calibration: {@link Rounding#NEAREST} or {@link Rounding#HQQ}. */
    public WeightOnlyFormat(WeightOptions options) {
        this(options, null);
        if (options.rounding() == Rounding.GPTQ) {
            throw new CompressionException("GPTQ needs calibration inputs; give some, or choose nearest or hqq");
        }
    }

    /** @param statistics of the inputs of products, for {@link Rounding#GPTQ}, else null */
    public WeightOnlyFormat(WeightOptions options, InputStatistics statistics) {
        this.options = options;
        this.statistics = statistics;
    }

    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "INT%d weights in blocks of %d, %s, rounded by %s, accuracy level %d%s",
                options.bits(),
                options.blockSize(),
                options.symmetric() ? "symmetric" : "with zero points",
                options.rounding().name().toLowerCase(Locale.ROOT),
                options.accuracyLevel(),
                statistics == null ? "" : " on " + statistics.samples() + " samples");
    }

    @Override
    public List<Conversion> apply(Model model, Storage storage, Map<String, String> left) {
        Graph graph = model.graph();
        QuantizedForm.reject(graph);
        Sites.leave(graph, NO_KERNEL, left);
        Map<Value, List<Sites.Site>> sites = Sites.find(graph, options, left);
        if (sites.isEmpty()) {
            throw new CompressionException("nothing to quantize: "
                    + (left.isEmpty()
                            ? "the model has no MatMul, Gemm or Gather with constant weights of 1024 elements or more"
                            : left.entrySet().stream()
                                    .map(e -> e.getKey() + ": " + e.getValue())
                                    .findFirst()
                                    .orElseThrow()));
        }
        List<Conversion> conversions = new ArrayList<>();
        sites.forEach(
                (weights, readers) -> conversions.add(pack(graph, weights, readers, storage, options, statistics)));
        model.opsets().put(DOMAIN, 1L);
        graph.sort();
        return conversions;
    }

    static Conversion pack(
            Graph graph,
            Value weights,
            List<Sites.Site> readers,
            Storage storage,
            WeightOptions options,
            InputStatistics statistics) {
        MatrixConversion.Matrix matrix = readers.get(0).matrix();
        boolean lookup = readers.get(0).isLookup();
        Packed packed = new Packed(storage, options, matrix.outputs(), matrix.inputs(), weights.type(), lookup);
        String name = weights.name();
        Value levels = graph.addConstant(name + "_levels", packed.levels.tensor());
        Value scales = graph.addConstant(name + "_scales", packed.scales.tensor());
        Value zeros = packed.zeros == null ? null : graph.addConstant(name + "_zeros", packed.zeros.tensor());
        List<Value> inputs = readers.stream().map(site -> site.node().input(0)).toList();
        for (Sites.Site site : readers) {
            Node old = site.node();
            Map<String, Object> attributes = new LinkedHashMap<>();
            attributes.put("bits", options.bits());
            attributes.put("block_size", options.blockSize());
            Value made = lookup
                    ? lookUp(old, attributes, levels, scales, zeros)
                    : multiply(site, attributes, options.accuracyLevel(), levels, scales, zeros);
            GraphEdits.replaceByNew(old.output(), made);
            GraphEdits.prune(old);
        }
        return options.rounding() == Rounding.GPTQ && !lookup
                ? new PackGptq(name, matrix, packed, options, statistics.of(inputs))
                : new PackWeights(name, matrix, packed, BlockRounding.of(options));
    }

    private static Value lookUp(Node node, Map<String, Object> attributes, Value levels, Value scales, Value zeros) {
        attributes.put("gather_axis", 0);
        attributes.put("quantize_axis", 1);
        return new Ops(node.graph())
                .node(DOMAIN, "GatherBlockQuantized", attributes, 1, levels, node.input(1), scales, zeros)
                .output();
    }

    private static Value multiply(
            Sites.Site site,
            Map<String, Object> attributes,
            int accuracyLevel,
            Value levels,
            Value scales,
            Value zeros) {
        Node node = site.node();
        attributes.put("K", (long) site.matrix().inputs());
        attributes.put("N", (long) site.matrix().outputs());
        attributes.put("accuracy_level", accuracyLevel);
        Ops ops = new Ops(node.graph());
        Value product = ops.node(DOMAIN, "MatMulNBits", attributes, 1, node.input(0), levels, scales, zeros)
                .output();
        Value bias = node.is("Gemm") ? node.input(2) : null;
        return bias == null ? product : ops.add(product, bias);
    }
}
