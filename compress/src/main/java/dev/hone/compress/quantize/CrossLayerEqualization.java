package dev.hone.compress.quantize;

import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import java.util.ArrayList;
import java.util.List;

/**
 * Cross-layer equalization (Nagel et al. 2019). Where {@code f(s x) = s f(x)} for positive s, as for Relu, channel i of
 * {@code W2 f(W1 x + b1)} may be scaled: {@code W1_i / s_i, b1_i / s_i, W2_i * s_i} give the same in FP32. With {@code
 * s_i = sqrt(r1_i / r2_i)}, r being the largest magnitudes of a channel's weights in either layer, both have the same
 * range. Chains are gone through again and again until nothing moves.
 *
 * <p>Layers are convolutions with one reader, depthwise ones too, with Relu, LeakyRelu, PRelu, MaxPool, AveragePool,
 * GlobalAveragePool or nothing between them. A Clip has a bound that would have to move along, so that it ends a chain.
 */
public final class CrossLayerEqualization {
    private static final int ROUNDS = 30;

    /** Scales nearer to 1 than this move nothing. */
    private static final double STILL = 1e-3;

    private CrossLayerEqualization() {}

    /** @return a model in FP32 that computes the same, prepared for quantization; the one given stays as it is */
    public static Model apply(Model model) {
        QuantizedForm.reject(model.graph());
        Model copy = Quantizer.prepare(model);
        List<Node[]> pairs = new ArrayList<>();
        for (Node node : copy.graph().nodes()) {
            Node next = isLayer(node) ? next(node) : null;
            if (next != null) {
                pairs.add(new Node[] {node, next});
            }
        }
        double moved = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS && moved > STILL; round++) {
            moved = 0;
            for (Node[] pair : pairs) {
                moved = Math.max(moved, equalize(pair[0], pair[1]));
            }
        }
        return copy;
    }

    private static boolean isLayer(Node node) {
        return node.is("Conv") && isOwn(node.input(1)) && (node.input(2) == null || isOwn(node.input(2)));
    }

    /** Weights that other nodes read too cannot be scaled for one. */
    private static boolean isOwn(Value value) {
        return value.isConstant() && value.uses().size() == 1;
    }

    /** The layer that alone reads what a layer puts out, or null. */
    private static Node next(Node layer) {
        Value value = layer.output();
        while (!value.isOutput() && value.uses().size() == 1) {
            Node reader = value.uses().iterator().next().node();
            if (isLayer(reader) && reader.input(0) == value) {
                long group = reader.intAttribute("group", 1);
                boolean depthwise = reader.input(1).constant().dim(1) == 1;
                return group == 1 || depthwise ? reader : null;
            }
            boolean slope = !reader.is("PRelu") || reader.input(1).isConstant();
            if (!OperatorTraits.is(reader, Fact.HOMOGENEOUS) || !slope || reader.input(0) != value) {
                return null;
            }
            value = reader.output();
        }
        return null;
    }

    /** @return by how much the scale farthest from 1 differs from it */
    private static double equalize(Node first, Node second) {
        Tensor w1 = first.input(1).constant();
        Tensor w2 = second.input(1).constant();
        float[] a = w1.floats();
        float[] b = w2.floats();
        int channels = (int) w1.dim(0);
        int rows = a.length / channels;
        boolean grouped = second.intAttribute("group", 1) != 1;
        int perGroup = (int) w2.dim(1);
        int kernel = (int) (w2.count() / (w2.dim(0) * w2.dim(1)));
        int multiplier = grouped ? (int) (w2.dim(0) / channels) : 1;
        double[] r1 = new double[channels];
        double[] r2 = new double[channels];
        for (int i = 0; i < a.length; i++) {
            r1[i / rows] = Math.max(r1[i / rows], Math.abs(a[i]));
        }
        for (int i = 0; i < b.length; i++) {
            int c = channel(i, grouped, multiplier, perGroup, kernel);
            r2[c] = Math.max(r2[c], Math.abs(b[i]));
        }
        double farthest = 0;
        float[] scale = new float[channels];
        for (int c = 0; c < channels; c++) {
            // A channel that is dead on either side stays as it is.
            scale[c] = r1[c] > 0 && r2[c] > 0 ? (float) Math.sqrt(r1[c] / r2[c]) : 1;
            farthest = Math.max(farthest, Math.abs(scale[c] - 1));
        }
        for (int i = 0; i < a.length; i++) {
            a[i] /= scale[i / rows];
        }
        for (int i = 0; i < b.length; i++) {
            b[i] *= scale[channel(i, grouped, multiplier, perGroup, kernel)];
        }
        first.input(1).setConstant(Tensor.ofFloats(a, w1.dims()));
        second.input(1).setConstant(Tensor.ofFloats(b, w2.dims()));
        if (first.input(2) != null) {
            float[] bias = first.input(2).constant().floats();
            for (int c = 0; c < channels; c++) {
                bias[c] /= scale[c];
            }
            first.input(2).setConstant(Tensor.ofFloats(bias, channels));
        }
        return farthest;
    }

    /** The input channel that an element of the second layer's weights multiplies. */
    private static int channel(int i, boolean grouped, int multiplier, int perGroup, int kernel) {
        return grouped ? i / (perGroup * kernel) / multiplier : i / kernel % perGroup;
    }
}
