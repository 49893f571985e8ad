package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import java.util.List;

/** Computes what a node yields for constant inputs. A runtime makes one; {@link JavaEvaluator} needs none. */
@FunctionalInterface
public interface ConstantEvaluator {
    /**
     * @param node of ONNX's own domain, without subgraphs, deterministic
     * @param inputs its inputs, null where absent
     * @return a tensor per output (null where the output is absent), or null if this evaluator cannot tell
     */
    List<Tensor> evaluate(Node node, List<Tensor> inputs);

    /** Asks another evaluator where this one cannot tell. */
    default ConstantEvaluator or(ConstantEvaluator other) {
        return (node, inputs) -> {
            List<Tensor> outputs = evaluate(node, inputs);
            return outputs != null ? outputs : other.evaluate(node, inputs);
        };
    }
}
