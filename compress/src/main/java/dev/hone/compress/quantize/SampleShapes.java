package dev.hone.compress.quantize;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.op.Operator;
import dev.hone.graph.op.Operators;
import dev.hone.graph.rewrite.Passes;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.runtime.TensorInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Gives every value of a network the shape that it has for one sample, so that parts of the network can run alone. */
final class SampleShapes {
    private SampleShapes() {}

    /** Puts the sizes of data in, whatever the model's file says of them: exporters leave them open, or name two alike. */
    static void bind(Model prepared, Map<String, NativeTensor> sample, SessionOptions session) {
        Graph graph = prepared.graph();
        for (Value input : graph.inputs()) {
            if (sample.containsKey(input.name())) {
                input.setShape(Shape.of(sample.get(input.name()).dims()));
            }
        }
        for (Node node : graph.nodes()) {
            node.outputs().stream().filter(Objects::nonNull).forEach(output -> output.setShape(null));
        }
        // Shapes that were computed are known now: parts of the network can be cut at them.
        Passes.inference().run(prepared);
        observe(prepared, sample, session);
    }

    /** Types and shapes that no rule knows, behind operators of other domains say, are those of a run. */
    private static void observe(Model prepared, Map<String, NativeTensor> sample, SessionOptions session) {
        Graph graph = prepared.graph();
        List<Value> open = new ArrayList<>();
        for (Node node : graph.nodes()) {
            node.outputs().stream()
                    .filter(v -> v != null && v.otherType() == null && mayBeTensor(v))
                    .filter(v ->
                            v.type() == null || v.shape() == null || !v.shape().isConstant())
                    .forEach(open::add);
        }
        if (open.isEmpty()) {
            return;
        }
        try (Session running = Session.open(Calibrator.instrumented(prepared, open), session)) {
            List<String> tensors = running.outputs().stream()
                    .filter(info -> info.elementType() != 0)
                    .map(TensorInfo::name)
                    .toList();
            Map<String, NativeTensor> feeds = new LinkedHashMap<>();
            running.inputs().forEach(input -> feeds.put(input.name(), sample.get(input.name())));
            Map<String, NativeTensor> found = running.run(feeds, tensors, Map.of());
            for (Value value : open) {
                NativeTensor tensor = found.get(value.name());
                if (tensor != null) {
                    value.setType(ElementType.ofOnnx(tensor.type())).setShape(Shape.of(tensor.dims()));
                }
            }
            found.values().forEach(NativeTensor::close);
        }
    }

    private static boolean mayBeTensor(Value value) {
        Operator operator = Operators.of(value.producer());
        return operator == null || operator.givesTensor(value.producerIndex());
    }
}
