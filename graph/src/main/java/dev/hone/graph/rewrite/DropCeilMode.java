package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.util.Set;

/**
 * Takes ceil_mode away from pooling where it adds no window.
 *
 * <p>A window that would begin in the padding behind is left out by the runtime's kernel, as ONNX defines it, but is counted
 * by its shape inference, which then contradicts the shapes around it. Results are bitwise identical.
 */
public final class DropCeilMode implements RewriteRule {
    @Override
    public String description() {
        return "Drop ceil_mode of pooling where it adds no window.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("MaxPool", "AveragePool", "LpPool");
    }

    @Override
    public Match match(Node node) {
        if (node.intAttribute("ceil_mode", 0) == 0) {
            return Match.declined("it has no ceil_mode");
        }
        return addsWindow(node)
                ? Match.declined("ceil_mode adds a window, or the sizes are unknown")
                : Match.found(() -> node.set("ceil_mode", 0));
    }

    private static boolean addsWindow(Node node) {
        String auto = node.stringAttribute("auto_pad", "NOTSET");
        if (auto.startsWith("SAME")) {
            return false;
        }
        String pads = auto.equals("NOTSET") ? "pads" : "none";
        Shape x = node.input(0).shape();
        Value output = node.output();
        long[] kernel = node.intsAttribute("kernel_shape");
        if (x == null || output.shape() == null || kernel == null || x.rank() != kernel.length + 2) {
            return true;
        }
        int spatial = kernel.length;
        for (int i = 0; i < spatial; i++) {
            if (!x.dim(2 + i).isConstant() || !output.shape().dim(2 + i).isConstant()) {
                return true;
            }
            long padded = x.size(2 + i) + at(node, pads, i, 0) + at(node, pads, spatial + i, 0);
            long reach = (kernel[i] - 1) * at(node, "dilations", i, 1) + 1;
            if ((padded - reach) / at(node, "strides", i, 1) + 1
                    != output.shape().size(2 + i)) {
                return true;
            }
        }
        return false;
    }

    private static long at(Node node, String attribute, int index, long otherwise) {
        long[] values = node.intsAttribute(attribute);
        return values == null ? otherwise : values[index];
    }
}
