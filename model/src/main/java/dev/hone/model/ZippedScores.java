package dev.hone.model;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Classifiers as the converters of scikit-learn, LightGBM and XGBoost write them, in operators of ai.onnx.ml: their outputs are
 * the class and, behind a ZipMap, a map of probabilities for each sample. Only a tensor can be read in a batch: it is what
 * goes into the ZipMap.
 */
final class ZippedScores {
    private static final String DOMAIN = "ai.onnx.ml";

    private ZippedScores() {}

    /** Changes a model: outputs that are sequences of maps become the tensors [N,K] that they are made of. */
    static Model unzipped(Model model) {
        Graph graph = model.graph();
        for (int i = 0; i < graph.outputs().size(); i++) {
            Value output = graph.outputs().get(i);
            Node node = output.producer();
            if (node == null || !node.domain().equals(DOMAIN) || !node.op().equals("ZipMap")) {
                continue;
            }
            Value scores = node.input(0);
            List<String> labels = labels(node);
            if (scores.type() == null) {
                scores.setType(ElementType.FLOAT);
            }
            if (scores.shape() == null && labels != null) {
                scores.setShape(Shape.of(Dim.symbol("N"), Dim.of(labels.size())));
            }
            String name = output.name();
            output.setName(graph.freshName("zipped"));
            graph.setOutput(i, scores);
            scores.setName(name);
            graph.remove(node);
        }
        return model;
    }

    /** The classes that an operator of ai.onnx.ml names, or null. */
    static List<String> labels(Model model) {
        for (Node node : model.graph().nodes()) {
            List<String> labels = node.domain().equals(DOMAIN) ? labels(node) : null;
            if (labels != null && labels.size() > 1) {
                return labels;
            }
        }
        return null;
    }

    /** Whether operators of other domains have a part in it, which have no gradients. */
    static boolean isIn(Model model) {
        return model.graph().nodes().stream().anyMatch(node -> node.domain().equals(DOMAIN));
    }

    private static List<String> labels(Node node) {
        for (String name : List.of("classlabels_strings", "classlabels_int64s", "classlabels_ints")) {
            Attribute attribute = node.attribute(name);
            if (attribute instanceof Attribute.Strs texts && !texts.values().isEmpty()) {
                return texts.values().stream()
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .toList();
            }
            if (attribute instanceof Attribute.Ints numbers && !numbers.values().isEmpty()) {
                return numbers.values().stream().map(String::valueOf).toList();
            }
        }
        return null;
    }
}
