package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Folds a batch normalization, or arithmetic with a constant per channel, into the Conv or Gemm after it.
 *
 * <pre>
 * W[m] * (s x + t) + b[m]  =  (W[m] s) * x + (b[m] + sum over c, taps of W[m,c] t[c])
 * alpha (A s + t) B + beta C  =  alpha A (s B) + (beta C + alpha t B)
 * </pre>
 *
 * <p>A convolution pads with zeros after the addition of t, so if it pads, t must be 0. The weights must be constants,
 * and the output of the affine node must have no other uses. Changes results by rounding, about 1e-6 of the largest
 * output.
 */
public final class FoldAffineForward implements RewriteRule {
    @Override
    public String description() {
        return "Fold batch normalizations and per-channel constants into the Conv or Gemm after them.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Conv", "Gemm");
    }

    @Override
    public Match match(Node node) {
        Node before = node.input(0).producer();
        if (before == null || before.graph() != node.graph() || !Patterns.onlyReader(before.output(), node)) {
            return Match.declined("its input is not produced by a node without other uses");
        }
        if (node.input(1) == before.output() || node.input(2) == before.output()) {
            return Match.declined("it reads the value twice");
        }
        Tensor weight = Patterns.constant(node.input(1));
        if (weight == null || !ChannelAffine.foldable(weight.type())) {
            return Match.declined("its weights are not float constants");
        }
        return node.is("Conv") ? matchConv(node, before, weight) : matchGemm(node, before, weight);
    }

    private static Match matchConv(Node conv, Node before, Tensor weight) {
        int group = (int) conv.intAttribute("group", 1);
        int perGroup = (int) weight.dim(1);
        ChannelAffine affine = ChannelAffine.of(before, 1, weight.rank(), perGroup * group);
        if (affine == null || !affine.isFinite()) {
            return Match.declined("its input is not arithmetic with finite constants per channel");
        }
        if (!affine.keepsShape(before)) {
            return Match.declined("the constants may enlarge the input of " + before.label());
        }
        if (affine.shifts() && pads(conv)) {
            return Match.declined("it pads with zeros, which differ from the constant added before");
        }
        Tensor bias = Patterns.constant(conv.input(2));
        if (conv.input(2) != null && bias == null) {
            return Match.declined("its bias is not a constant");
        }
        return Match.found(() -> {
            int outputs = (int) weight.dim(0);
            int taps = (int) (weight.count() / outputs / perGroup);
            double[] w = weight.doubles();
            double[] b = bias == null ? new double[outputs] : bias.doubles();
            for (int i = 0; i < w.length; i++) {
                int m = i / taps / perGroup;
                int c = m / (outputs / group) * perGroup + i / taps % perGroup;
                b[m] += w[i] * affine.shift()[c];
                w[i] *= affine.scale()[c];
            }
            Ops ops = new Ops(conv.graph());
            Value newWeight = ops.constant(Tensor.ofDoubles(w, weight.dims()).to(weight.type()));
            Value newBias =
                    affine.shifts() ? ops.constant(Tensor.ofDoubles(b, outputs).to(weight.type())) : conv.input(2);
            replace(conv, before.input(affine.input()), conv.attributes(), newWeight, newBias);
        });
    }

    private static boolean pads(Node conv) {
        String auto = conv.stringAttribute("auto_pad", "NOTSET");
        long[] pads = conv.intsAttribute("pads");
        return auto.startsWith("SAME")
                || (auto.equals("NOTSET") && pads != null && Arrays.stream(pads).anyMatch(p -> p != 0));
    }

    private static Match matchGemm(Node gemm, Node before, Tensor weight) {
        boolean transposed = gemm.intAttribute("transB", 0) != 0;
        int rows = (int) weight.dim(transposed ? 1 : 0);
        int columns = (int) weight.dim(transposed ? 0 : 1);
        if (gemm.intAttribute("transA", 0) != 0) {
            return Match.declined("its first factor is transposed");
        }
        ChannelAffine affine = ChannelAffine.of(before, 1, 2, rows);
        if (affine == null || !affine.isFinite()) {
            return Match.declined("its input is not arithmetic with finite constants per column");
        }
        if (!affine.keepsShape(before)) {
            return Match.declined("the constants may enlarge the input of " + before.label());
        }
        double[] bias = FoldAffineIntoGemm.bias(gemm, columns);
        if (bias == null) {
            return Match.declined("its bias is not a constant per column");
        }
        return Match.found(() -> {
            double alpha = gemm.floatAttribute("alpha", 1);
            double[] w = weight.doubles();
            for (int i = 0; i < w.length; i++) {
                int k = transposed ? i % rows : i / columns;
                int n = transposed ? i / rows : i % columns;
                bias[n] += alpha * w[i] * affine.shift()[k];
                w[i] *= affine.scale()[k];
            }
            Ops ops = new Ops(gemm.graph());
            Value newWeight = ops.constant(Tensor.ofDoubles(w, weight.dims()).to(weight.type()));
            Value newBias = gemm.input(2) == null && !affine.shifts()
                    ? null
                    : ops.constant(Tensor.ofDoubles(bias, columns).to(weight.type()));
            Map<String, Object> attributes = new HashMap<>(gemm.attributes());
            attributes.remove("beta");
            replace(gemm, before.input(affine.input()), attributes, newWeight, newBias);
        });
    }

    private static void replace(Node node, Value x, Map<String, ?> attributes, Value weight, Value bias) {
        Value out = new Ops(node.graph())
                .node("", node.op(), attributes, 1, x, weight, bias)
                .output();
        GraphEdits.replaceByNew(node.output(), out);
    }
}
