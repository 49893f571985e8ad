package dev.hone.compress.half;

import dev.hone.compress.CompressionException;
import dev.hone.compress.quantize.QuantizedForm;
import dev.hone.compress.stream.Conversion;
import dev.hone.compress.stream.Format;
import dev.hone.compress.stream.Storage;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.op.TypeUnification;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Brings a model into 16-bit floats: half the size. That is for devices that compute in them, and for files; on a CPU,
 * whose kernels are float, the runtime casts back and forth and nothing becomes faster.
 */
public final class HalfFormat implements Format {
    /** Smaller constants stay in FP32 where a model only stores its weights in 16 bits. */
    private static final long FEWEST_STORED = 1024;

    private final HalfOptions options;

    public HalfFormat(HalfOptions options) {
        this.options = options;
    }

    @Override
    public String description() {
        return options.text()
                + (options.computes() ? " weights and arithmetic" : " weights, computing in FP32")
                + (options.computes() && !options.keepInterface() ? ", inputs and outputs too" : "")
                + (options.keepFp32().isEmpty()
                        ? ""
                        : ", kept in FP32: " + String.join(" ", new TreeSet<>(options.keepFp32())))
                + (options.largest().isEmpty() ? "" : ", ranges measured");
    }

    @Override
    public List<Conversion> apply(Model model, Storage storage, Map<String, String> left) {
        Graph graph = model.graph();
        QuantizedForm.reject(graph);
        ShapeInference.run(model);
        TypeUnification.run(graph);
        graph.sort();
        Map<Node, String> fallback = Fp32Fallback.find(graph, options);
        List<Conversion> conversions = options.computes()
                ? new HalfWriter(graph, storage, options, fallback, left).write()
                : store(graph, storage, fallback, left);
        if (conversions.isEmpty()) {
            throw new CompressionException(
                    "nothing to convert: the model has no FP32 weights that " + options.text() + " can hold");
        }
        graph.sort();
        return conversions;
    }

    // ---- weights only

    private List<Conversion> store(Graph graph, Storage storage, Map<Node, String> fallback, Map<String, String> left) {
        List<Conversion> conversions = new ArrayList<>();
        for (Value constant : List.copyOf(graph.constants())) {
            if (constant.type() != ElementType.FLOAT
                    || constant.constant().count() < FEWEST_STORED
                    || !constant.isConstant()
                    || constant.isOutput()) {
                continue;
            }
            String reason = constant.uses().stream()
                    .map(use -> fallback.get(use.node()))
                    .filter(text -> text != null)
                    .findFirst()
                    .orElse(null);
            if (reason != null) {
                left.put(constant.name(), reason);
                continue;
            }
            Storage.Target target =
                    storage.allocate(options.type(), constant.constant().dims());
            conversions.add(new HalfTensor(constant.name(), constant.constant(), target, options));
            Value half = graph.addConstant(constant.name() + "_" + options.type(), target.tensor());
            constant.replaceBy(new Ops(graph).cast(half, ElementType.FLOAT));
        }
        return conversions;
    }
}
