package dev.hone.compress.quantize;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;

/** Tells models that are quantized already. */
public final class QuantizedForm {
    private QuantizedForm() {}

    /** @throws QuantizationException if a node of the graph computes with or converts quantized numbers */
    public static void reject(Graph graph) {
        for (Node node : graph.nodes()) {
            if (node.op().contains("QuantizeLinear")
                    || node.op().equals("DequantizeLinear")
                    || node.op().startsWith("QLinear")
                    || node.op().endsWith("Integer")
                    || node.op().endsWith("NBits")
                    || node.op().endsWith("BlockQuantized")) {
                throw new QuantizationException("the model is quantized already (" + node.label()
                        + "); quantize the float model it was made from");
            }
        }
    }
}
