package dev.hone.compress.quantize;

import dev.hone.compress.CompressionException;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import java.util.regex.Pattern;

/** Tells models that are quantized already. */
public final class QuantizedForm {
    /** How operators of quantized models are called, of ONNX and of the runtime's own domain. */
    private static final Pattern NAMES = Pattern.compile(
            ".*QuantizeLinear|DequantizeLinear|QLinear.*|QGemm|QAttention|QMoE|QOrdered.*|QEmbed.*|DynamicQuantize.*"
                    + "|.*Integer|.*IntegerToFloat|.*NBits|MatMulBnb4|.*BlockQuantized|.*Fpq4");

    private QuantizedForm() {}

    /**
     * @throws CompressionException if a node of the graph, or of one inside its nodes, computes with or converts quantized
     *     numbers
     */
    public static void reject(Graph graph) {
        for (Node node : graph.nodes()) {
            if (NAMES.matcher(node.op()).matches()) {
                throw new CompressionException("the model is quantized already (" + node.label()
                        + "); quantize the FP32 model it was made from");
            }
            node.subgraphs().forEach(QuantizedForm::reject);
        }
    }
}
