package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.rank;

import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;

/** Convolutions: selects a form of the gradient for each case. The forms are in separate classes. */
final class ConvolutionGradients {
    private ConvolutionGradients() {}

    static void add(GradientRules r) {
        r.same("Conv", ConvolutionGradients::input, ConvolutionGradients::weight, ConvolutionGradients::bias);
        r.same(
                "ConvTranspose",
                ConvolutionGradients::transposedInput,
                ConvolutionGradients::transposedWeight,
                ConvolutionGradients::bias);
    }

    private static Value input(Ops o, Node n, Value dy) {
        Value w = n.input(1);
        return ConvolutionInputGradient.gradient(o, window(n), n.intAttribute("group", 1), n.input(0), w, dy);
    }

    private static Value weight(Ops o, Node n, Value dy) {
        return ConvolutionWeightGradient.gradient(
                o, n, window(n), n.intAttribute("group", 1), n.input(0), n.input(1), dy);
    }

    private static Value bias(Ops o, Node n, Value dy) {
        int rank = rank(n, n.input(0));
        long[] axes = new long[rank - 1];
        for (int i = 1; i < axes.length; i++) {
            axes[i] = i + 1L;
        }
        return o.reduceSum(dy, false, axes);
    }

    /**
     * A transposed convolution is the input gradient of a convolution, so its own input gradient is that convolution.
     */
    private static Value transposedInput(Ops o, Node n, Value dy) {
        Window w = transposedWindow(n);
        return o.op("Conv", ConvolutionInputGradient.attributes(w, n.intAttribute("group", 1)), dy, n.input(1));
    }

    private static Value transposedWeight(Ops o, Node n, Value dy) {
        Window w = transposedWindow(n);
        return ConvolutionWeightGradient.gradient(o, n, w, n.intAttribute("group", 1), dy, n.input(1), n.input(0));
    }

    private static Window window(Node n) {
        return Window.of(n, kernel(n));
    }

    private static long[] kernel(Node n) {
        return Window.sizes(n.input(1).shape());
    }

    /**
     * The window of the convolution that maps the output back; pads are derived from the shapes if the node does not
     * specify them.
     */
    private static Window transposedWindow(Node n) {
        Window w = Window.of(n, kernel(n));
        boolean explicit = n.stringAttribute("auto_pad", "NOTSET").equals("NOTSET") && !n.has("output_shape");
        if (explicit) {
            return w;
        }
        long[] small = Window.sizes(n.input(0).shape());
        long[] large = Window.sizes(n.output().shape());
        if (small == null || large == null) {
            throw new GraphException(n, "auto_pad and output_shape need known sizes; use explicit pads instead");
        }
        String auto = n.stringAttribute("auto_pad", "NOTSET");
        long[] extra = n.intsAttribute("output_padding");
        for (int i = 0; i < w.spatial(); i++) {
            long whole = w.strides()[i] * (small[i] - 1) + w.reach(i) + (extra == null ? 0 : extra[i]);
            long total = Math.max(0, whole - large[i]);
            w.before()[i] = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
            w.after()[i] = total - w.before()[i];
        }
        return w;
    }
}
