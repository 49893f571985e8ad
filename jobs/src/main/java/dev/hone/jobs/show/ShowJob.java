package dev.hone.jobs.show;

import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.GraphCost;
import dev.hone.graph.op.ShapeInference;
import dev.hone.jobs.Job;
import dev.hone.model.ModelFiles;
import dev.hone.runtime.SessionOptions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads a model, infers its shapes and counts what it costs. */
public final class ShowJob {
    public static final Job<ShowOptions, ShowResult> JOB = new Job<>(
            "show", "Inspect a model: operators, shapes, parameters, cost, metadata", ShowOptions.class, ShowJob::run);

    private ShowJob() {}

    public static ShowResult run(ShowOptions options, Progress progress) {
        long opset = ModelFiles.readUnchanged(options.model()).opset();
        Model model = ModelFiles.read(options.model());
        ShapeInference.run(model);
        GraphCost cost = GraphCost.of(model.graph());
        Map<String, Long> operators = new TreeMap<>();
        for (Node node : model.graph().nodes()) {
            operators.merge(node.domain().isEmpty() ? node.op() : node.domain() + "." + node.op(), 1L, Long::sum);
        }
        List<ShowResult.NodeLine> nodes = !options.nodes()
                ? null
                : model.graph().nodes().stream()
                        .map(node -> new ShowResult.NodeLine(
                                node.name(),
                                node.op(),
                                values(node.outputs()),
                                cost.nodes().get(node).multiplyAdds().toString()))
                        .toList();
        return new ShowResult(
                options.model(),
                ModelFiles.size(options.model()),
                opset,
                (model.producer() + " " + model.producerVersion()).strip(),
                values(model.graph().inputs()),
                values(model.graph().outputs()),
                ModelFiles.scores(options.model(), model, null, SessionOptions.defaults()),
                GraphCost.number(cost.total().parameters()),
                ModelFiles.hasTrees(model)
                        ? Double.NaN
                        : GraphCost.number(cost.total().multiplyAdds()),
                operators,
                model.metadata(),
                nodes,
                options.weights() ? Weight.of(model.graph()) : null);
    }

    private static List<String> values(List<Value> values) {
        return values.stream()
                .filter(v -> v != null)
                .map(v -> v.otherType() == null ? v.toString() : v.name() + ": sequence, map or optional")
                .toList();
    }
}
