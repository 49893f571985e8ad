package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Set;

/**
 * Folds a batch normalization, or arithmetic with a constant per channel, into the convolution before it.
 *
 * <pre>s[m] * (W[m] * x + b[m]) + t[m]  =  (s[m] W[m]) * x + (s[m] b[m] + t[m])</pre>
 *
 * <p>For Conv, whose weights are [M,C/group,k...], and ConvTranspose, whose weights are [C,M/group,k...]; m counts
 * output channels. The weights must be constants, and the convolution must have no other uses; shared weights are
 * copied. Changes results by rounding, about 1e-6 of the largest output.
 */
public final class FoldAffineIntoConv implements RewriteRule {
    @Override
    public String description() {
        return "Fold batch normalizations and per-channel constants into the convolution before them.";
    }

    @Override
    public Set<String> operators() {
        return ChannelAffine.OPERATORS;
    }

    @Override
    public Match match(Node node) {
        for (int i = 0; i < node.inputs().size(); i++) {
            for (String op : new String[] {"Conv", "ConvTranspose"}) {
                Node conv = Patterns.producer(node, i, op);
                if (conv != null) {
                    return match(node, i, conv);
                }
            }
        }
        return Match.declined("its input is not produced by a convolution");
    }

    private static Match match(Node node, int input, Node conv) {
        if (!Patterns.onlyReader(conv.output(), node)) {
            return Match.declined("there are other uses of the output of " + conv.label());
        }
        Tensor weight = Patterns.constant(conv.input(1));
        Tensor bias = Patterns.constant(conv.input(2));
        if (weight == null || (conv.input(2) != null && bias == null)) {
            return Match.declined("the weights of " + conv.label() + " are not constants");
        }
        if (!ChannelAffine.foldable(weight.type())) {
            return Match.declined("weights of type " + weight.type() + " would lose precision");
        }
        boolean transposed = conv.is("ConvTranspose");
        int group = (int) conv.intAttribute("group", 1);
        int channels = (int) (transposed ? weight.dim(1) * group : weight.dim(0));
        ChannelAffine affine = ChannelAffine.of(node, 1, weight.rank(), channels);
        if (affine == null || affine.input() != input) {
            return Match.declined("it is not arithmetic with constants per channel");
        }
        if (!affine.isFinite()) {
            return Match.declined("its constants are not finite");
        }
        if (!affine.keepsShape(node)) {
            return Match.declined("the constants may enlarge the output of " + conv.label());
        }
        return Match.found(() -> {
            Ops ops = new Ops(node.graph());
            Value newWeight = conv.input(1);
            if (affine.scales()) {
                newWeight = ops.constant(
                        transposed ? scaledTransposed(weight, group, affine.scale()) : scaled(weight, affine.scale()));
            }
            double[] b = bias == null ? new double[channels] : bias.doubles();
            for (int c = 0; c < channels; c++) {
                b[c] = affine.scale()[c] * b[c] + affine.shift()[c];
            }
            Value newBias = bias == null && !affine.shifts()
                    ? null
                    : ops.constant(Tensor.ofDoubles(b, channels).to(weight.type()));
            Value out = ops.node("", conv.op(), conv.attributes(), 1, conv.input(0), newWeight, newBias)
                    .output();
            out.producer().setName(conv.name());
            GraphEdits.replaceByNew(node.output(), out);
        });
    }

    /** Multiplies weights [M,...] by a factor per m. */
    static Tensor scaled(Tensor weight, double[] scale) {
        int each = (int) (weight.count() / scale.length);
        return ChannelAffine.scaled(weight, i -> scale[i / each]);
    }

    /** Multiplies weights [C,M/group,...] by a factor per output channel. */
    private static Tensor scaledTransposed(Tensor weight, int group, double[] scale) {
        int perGroup = scale.length / group;
        int taps = (int) (weight.count() / weight.dim(0) / perGroup);
        int inputsPerGroup = (int) weight.dim(0) / group;
        return ChannelAffine.scaled(weight, i -> {
            int g = i / taps / perGroup / inputsPerGroup;
            return scale[g * perGroup + i / taps % perGroup];
        });
    }
}
