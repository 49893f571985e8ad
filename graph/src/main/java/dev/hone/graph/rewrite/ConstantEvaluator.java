package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import java.util.List;

/** Computes the outputs of a node for constant inputs, with a runtime or, as {@link JavaEvaluator}, without. */
@FunctionalInterface
public interface ConstantEvaluator {
    /**
     * @param node a deterministic node of the ONNX domain without subgraphs
     * @param inputs the inputs; null if absent
     * @return one tensor per output (null if absent), or null if this evaluator does not support the node
     */
    List<Tensor> evaluate(Node node, List<Tensor> inputs);

    /** Uses another evaluator for nodes that this one does not support. */
    default ConstantEvaluator or(ConstantEvaluator other) {
        return (node, inputs) -> {
            List<Tensor> outputs = evaluate(node, inputs);
            return outputs != null ? outputs : other.evaluate(node, inputs);
        };
    }
}
