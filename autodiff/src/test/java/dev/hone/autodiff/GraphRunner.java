package dev.hone.autodiff;

import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.Operators;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Runs a graph in ONNX Runtime. */
final class GraphRunner {
    private GraphRunner() {}

    /** A float tensor as an input. */
    record Feed(float[] values, long... dims) {}

    /** Makes some values outputs of the graph, and returns them as floats. */
    static Map<Value, float[]> run(Graph graph, List<Value> values, Map<String, Feed> feeds) {
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(0);
        }
        values.stream().distinct().forEach(graph::addOutput);
        graph.sort();
        graph.uniqueNames();
        Map<String, NativeTensor> inputs = new LinkedHashMap<>();
        feeds.forEach((name, feed) -> inputs.put(name, NativeTensor.ofFloats(feed.values(), feed.dims())));
        Map<Value, float[]> results = new HashMap<>();
        SessionOptions options = SessionOptions.defaults().withThreads(1);
        Model model = new Model(graph);
        graph.nodes().stream().map(Operators::of).filter(Objects::nonNull).forEach(operator -> {
            model.opsets().merge(operator.domain(), (long) operator.since(), Math::max);
        });
        try (Session session = Session.open(OnnxWriter.toBytes(model), options)) {
            Map<String, NativeTensor> outputs = session.run(inputs);
            values.forEach(v -> results.put(v, outputs.get(v.name()).floats()));
            outputs.values().forEach(NativeTensor::close);
        }
        inputs.values().forEach(NativeTensor::close);
        return results;
    }
}
