package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Folds a Pad into the Conv, AveragePool or MaxPool after it.
 *
 * <pre>Conv(Pad(x, p), pads q) = Conv(x, pads p + q)</pre>
 *
 * <p>The Pad must add a constant on spatial axes only: zero before Conv and AveragePool, which then includes the
 * padding in its average, and minus infinity (or the lowest float) before MaxPool. Results are identical up to the
 * rounding of another order of summation.
 */
public final class FoldPad implements RewriteRule {
    @Override
    public String description() {
        return "Fold padding into the convolution or pooling after it.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Conv", "AveragePool", "MaxPool");
    }

    @Override
    public Match match(Node node) {
        Node pad = Patterns.soleProducer(node, 0, "Pad");
        if (pad == null || !pad.stringAttribute("mode", "constant").equals("constant")) {
            return Match.declined("its input is not produced by a constant padding without other uses");
        }
        if (!Patterns.onlyFirstOutput(node)) {
            return Match.declined("its indices are used");
        }
        Value x = pad.input(0);
        long[] amounts = Patterns.longs(pad.input(1));
        if (amounts == null || pad.input(3) != null || amounts.length < 6) {
            return Match.declined("the amounts of padding are not constant for all axes");
        }
        if (Arrays.stream(amounts).anyMatch(p -> p < 0)) {
            return Match.declined("the padding crops");
        }
        int rank = amounts.length / 2;
        if (amounts[0] != 0 || amounts[1] != 0 || amounts[rank] != 0 || amounts[rank + 1] != 0) {
            return Match.declined("it pads the batch or channel axis");
        }
        String auto = node.stringAttribute("auto_pad", "NOTSET");
        if (!auto.equals("NOTSET") && !auto.equals("VALID")) {
            return Match.declined("its own padding depends on the shape");
        }
        if (!fits(node, pad)) {
            return Match.declined("it pads with another value");
        }
        long[] own = auto.equals("NOTSET") ? node.intsAttribute("pads") : null;
        boolean ownPads = own != null && Arrays.stream(own).anyMatch(p -> p != 0);
        boolean counts = node.intAttribute("count_include_pad", 0) != 0;
        if (node.is("MaxPool") && node.intAttribute("ceil_mode", 0) != 0) {
            return Match.declined(
                    "a window that begins in its own padding counts for nothing when sizes are rounded up");
        }
        if (node.is("AveragePool") && (ownPads && !counts || node.intAttribute("ceil_mode", 0) != 0)) {
            return Match.declined("it excludes its own padding from the average");
        }
        return Match.found(() -> {
            int spatial = rank - 2;
            long[] pads = new long[2 * spatial];
            for (int i = 0; i < spatial; i++) {
                pads[i] = amounts[2 + i] + (own == null ? 0 : own[i]);
                pads[spatial + i] = amounts[rank + 2 + i] + (own == null ? 0 : own[spatial + i]);
            }
            Map<String, Object> attributes = new HashMap<>(node.attributes());
            attributes.remove("auto_pad");
            attributes.put("pads", pads);
            if (node.is("AveragePool")) {
                attributes.put("count_include_pad", 1);
            }
            Value[] inputs = node.inputs().toArray(Value[]::new);
            inputs[0] = x;
            Value out = new Ops(node.graph())
                    .node("", node.op(), attributes, 1, inputs)
                    .output();
            GraphEdits.replaceByNew(node.output(), out);
        });
    }

    private static boolean fits(Node node, Node pad) {
        Tensor value = Patterns.constant(pad.input(2));
        if (pad.input(2) != null && (value == null || !ChannelAffine.foldable(value.type()))) {
            return false;
        }
        double number = value == null ? 0 : value.doubles()[0];
        if (!node.is("MaxPool") || value == null) {
            return number == 0 && !node.is("MaxPool");
        }
        long[] kernel = node.intsAttribute("kernel_shape");
        long[] amounts = Patterns.longs(pad.input(1));
        int rank = amounts.length / 2;
        for (int i = 2; i < rank; i++) {
            // A window entirely in the padding has no maximum.
            if (amounts[i] >= kernel[i - 2] || amounts[rank + i] >= kernel[i - 2]) {
                return false;
            }
        }
        double lowest = value.type() == ElementType.DOUBLE ? -Double.MAX_VALUE : -Float.MAX_VALUE;
        return number <= lowest && node.intsAttribute("pads") == null;
    }
}
