package dev.hone.jobs.backbone;

import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.FeaturePyramid;
import dev.hone.graph.analysis.FeaturePyramid.Level;
import dev.hone.graph.rewrite.Passes;
import dev.hone.tflite.TfliteReader;
import java.nio.file.Path;
import java.util.List;

/** Makes the ONNX model of a trunk out of a TFLite model: one image input of any size, its feature maps as outputs. */
final class TrunkConversion {
    private TrunkConversion() {}

    /**
     * @param file a TFLite model
     * @param last how the name of the trunk's last value begins
     * @throws HoneException if it has no such trunk
     */
    static Model convert(Path file, String last) {
        Model model = TfliteReader.read(file, true);
        Graph graph = model.graph();
        Value end = graph.values().stream()
                .filter(value -> value.name().equals(last) || value.name().startsWith(last + ";"))
                .findFirst()
                .orElseThrow(() -> new HoneException(file + ": has no value '" + last + "'"));
        model.metadata().clear();
        setOutputs(graph, List.of(end));
        Passes.standard().run(model);
        List<Level> levels = FeaturePyramid.of(graph, graph.inputs().get(0));
        levels = levels.subList(Math.max(0, levels.size() - 4), levels.size());
        // Names of TFLite list everything that was fused into a value.
        graph.values().forEach(value -> value.setName(value.name().replaceFirst(";.*", "")));
        levels.forEach(level -> level.map().setName("stride" + level.stride()));
        setOutputs(graph, levels.stream().map(Level::map).toList());
        graph.uniqueNames();
        return model;
    }

    private static void setOutputs(Graph graph, List<Value> values) {
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(0);
        }
        values.forEach(graph::addOutput);
    }
}
