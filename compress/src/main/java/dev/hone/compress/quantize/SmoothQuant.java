package dev.hone.compress.quantize;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Role;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * SmoothQuant (Xiao et al. 2023). In Transformers a few channels of what a LayerNormalization puts out are many times as
 * large as the others, and take the bytes of them all. {@code (x / s) (s W) = x W}: with {@code s_j = max|x_j|^a /
 * max|W_j|^(1-a)} the outliers move into the weights, whose steps are finer. The division goes into the scale and the bias
 * of the normalization.
 *
 * <p>It is done where matrix products with constant weights alone read a normalization's output.
 */
public final class SmoothQuant {
    /** The paper's a, which shares the difficulty evenly. */
    private static final double ALPHA = 0.5;

    /** Channels that are always zero are left so. */
    private static final double SMALLEST = 1e-5;

    private SmoothQuant() {}

    /**
     * @param model an FP32 model with one input
     * @return a model in FP32 that computes the same, prepared for quantization; the one given stays as it is
     */
    public static Model apply(Model model, CalibrationData data, SessionOptions options) {
        return apply(model, CalibrationFeeds.of(model, data), options);
    }

    /** The same for a model with any number of inputs. */
    public static Model apply(Model model, CalibrationFeeds data, SessionOptions options) {
        QuantizedForm.reject(model.graph());
        Model copy = Quantizer.prepare(model);
        List<Node> norms =
                copy.graph().nodes().stream().filter(SmoothQuant::fits).toList();
        if (norms.isEmpty()) {
            return copy;
        }
        Map<Node, float[]> largest = largest(copy, norms, data, options);
        for (Node norm : norms) {
            smooth(norm, largest.get(norm));
        }
        return copy;
    }

    private static boolean fits(Node norm) {
        Value y = norm.is("LayerNormalization") ? norm.output() : null;
        return y != null
                && !y.isOutput()
                && !y.uses().isEmpty()
                && norm.input(1).isConstant()
                && norm.input(1).constant().rank() == 1
                && (norm.input(2) == null || norm.input(2).isConstant())
                && y.uses().stream()
                        .allMatch(use -> isProduct(use, norm.input(1).constant().count()));
    }

    private static boolean isProduct(Use use, long channels) {
        Node node = use.node();
        Value weights = node.input(1);
        boolean product = node.is("MatMul") || node.is("Gemm") && node.intAttribute("transA", 0) == 0;
        return product
                && use.index() == 0
                && weights.isConstant()
                && weights.uses().size() == 1
                && weights.constant().rank() == 2
                && weights.constant().dim(axis(node)) == channels;
    }

    /** The axis of a product's weights that counts input channels. */
    private static int axis(Node product) {
        return OperatorTraits.of(product).input(Role.KERNEL).inputAxis(product, 2);
    }

    /** The largest magnitude of each channel of each normalization's output. */
    private static Map<Node, float[]> largest(
            Model model, List<Node> norms, CalibrationFeeds data, SessionOptions options) {
        Model watched = model.copy();
        Graph graph = watched.graph();
        Ops ops = new Ops(graph);
        List<String> names = new ArrayList<>();
        for (Node norm : norms) {
            Value y = graph.find(norm.output().name());
            Value rows =
                    ops.reshape(ops.op("Abs", y), -1, norm.input(1).constant().count());
            Value most = ops.op("ReduceMax", Map.of("keepdims", 0), rows, ops.vector(0));
            graph.addOutput(most);
            names.add(most.name());
        }
        Map<Node, float[]> largest = new LinkedHashMap<>();
        try (Session session = Session.open(OnnxWriter.toBytes(watched), options)) {
            data.forEachBatch(batch -> {
                Map<String, NativeTensor> found = session.run(batch, names, Map.of());
                for (int i = 0; i < names.size(); i++) {
                    float[] now = found.get(names.get(i)).floats();
                    largest.merge(norms.get(i), now, SmoothQuant::larger);
                }
                found.values().forEach(NativeTensor::close);
            });
        }
        if (largest.isEmpty()) {
            throw new CompressionException("no calibration data were given, expected at least one");
        }
        return largest;
    }

    private static float[] larger(float[] a, float[] b) {
        float[] larger = a.clone();
        for (int i = 0; i < larger.length; i++) {
            larger[i] = Math.max(a[i], b[i]);
        }
        return larger;
    }

    private static void smooth(Node norm, float[] activations) {
        List<Node> products = norm.output().uses().stream().map(Use::node).toList();
        double[] weights = new double[activations.length];
        for (Node product : products) {
            Tensor w = product.input(1).constant();
            float[] values = w.floats();
            for (int i = 0; i < values.length; i++) {
                int channel = channel(i, w, axis(product));
                weights[channel] = Math.max(weights[channel], Math.abs(values[i]));
            }
        }
        float[] scales = new float[activations.length];
        for (int j = 0; j < scales.length; j++) {
            boolean dead = activations[j] < SMALLEST || weights[j] < SMALLEST;
            scales[j] = dead ? 1 : (float) (Math.pow(activations[j], ALPHA) / Math.pow(weights[j], 1 - ALPHA));
        }
        Graph graph = norm.graph();
        for (int slot = 1; slot <= 2; slot++) {
            if (norm.input(slot) != null) {
                float[] values = norm.input(slot).constant().floats();
                for (int j = 0; j < scales.length; j++) {
                    values[j] /= scales[j];
                }
                norm.setInput(slot, graph.addConstant(Tensor.ofFloats(values, values.length)));
            }
        }
        for (Node product : products) {
            Tensor w = product.input(1).constant();
            float[] values = w.floats();
            for (int i = 0; i < values.length; i++) {
                values[i] *= scales[channel(i, w, axis(product))];
            }
            product.input(1).setConstant(Tensor.ofFloats(values, w.dims()));
        }
    }

    private static int channel(int element, Tensor weights, int axis) {
        int columns = (int) weights.dim(1);
        return axis == 0 ? element / columns : element % columns;
    }
}
