package dev.hone.compress.half;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.ShapeInference;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The largest magnitude that each activation takes on calibration data. */
public final class ActivationRanges {
    private ActivationRanges() {}

    /**
     * @param model an FP32 model that fits into memory; not changed
     * @return by value name, for {@link HalfOptions#withLargest}
     * @throws CompressionException if there are no data, or an activation is no number
     */
    public static Map<String, Float> collect(Model model, CalibrationFeeds feeds, SessionOptions session) {
        Model copy = model.copy();
        ShapeInference.run(copy);
        Graph graph = copy.graph();
        Ops ops = new Ops(graph);
        Map<String, String> outputs = new LinkedHashMap<>();
        for (Node node : List.copyOf(graph.nodes())) {
            for (Value value : node.outputs()) {
                if (value != null && value.type() == ElementType.FLOAT) {
                    Value largest = ops.op("ReduceMax", Map.of("keepdims", 0), ops.op("Abs", value));
                    graph.addOutput(largest);
                    outputs.put(value.name(), largest.name());
                }
            }
        }
        Map<String, Float> found = new HashMap<>();
        try (Session running = Session.open(OnnxWriter.toBytes(copy), session)) {
            feeds.forEachBatch(batch -> {
                Map<String, NativeTensor> results = running.run(batch, outputs.values(), Map.of());
                try {
                    outputs.forEach((name, output) ->
                            found.merge(name, number(name, results.get(output).scalar()), Math::max));
                } finally {
                    results.values().forEach(NativeTensor::close);
                }
            });
        } catch (OnnxRuntimeException e) {
            throw new CompressionException("calibration failed: " + e.getMessage());
        }
        if (found.isEmpty()) {
            throw new CompressionException("no calibration data were given, expected at least one sample");
        }
        return found;
    }

    private static float number(String name, float largest) {
        if (Float.isNaN(largest)) {
            throw new CompressionException("activation '" + name
                    + "' is not a number for calibration data; check them and the model's weights");
        }
        return largest;
    }
}
