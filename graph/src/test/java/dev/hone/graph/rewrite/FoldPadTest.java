package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoldPadTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    private Value padded(Value fill) {
        return ops.op("Pad", r.batchInput("x", 3, 6, 6), ops.vector(0, 0, 1, 0, 0, 0, 2, 1), fill);
    }

    @Test
    void foldsPaddingIntoTheConvolution() {
        r.output(ops.op("Conv", Map.of("pads", new long[] {1, 1, 0, 0}), padded(null), r.weights(4, 3, 3, 3)));
        r.fires(new FoldPad(), 1e-6);
        assertThat(r.operators()).containsExactly("Conv");
        assertThat(r.node("Conv").intsAttribute("pads")).containsExactly(2, 1, 2, 1);
    }

    @Test
    void averagePoolIncludesThePadding() {
        r.output(ops.op("AveragePool", Map.of("kernel_shape", new long[] {3, 3}), padded(ops.constant(0f))));
        r.fires(new FoldPad(), 1e-6);
        assertThat(r.operators()).containsExactly("AveragePool");
    }

    @Test
    void maxPoolPadsWithMinusInfinity() {
        Value fill = ops.constant(Float.NEGATIVE_INFINITY);
        r.output(ops.op("MaxPool", Map.of("kernel_shape", new long[] {3, 3}), padded(fill)));
        r.fires(new FoldPad(), 0);
        assertThat(r.operators()).containsExactly("MaxPool");
    }

    @Test
    void declinesOtherFillings() {
        r.output(ops.op("Conv", padded(ops.constant(1f)), r.weights(4, 3, 3, 3)));
        r.declines(new FoldPad(), "another value");
    }

    @Test
    void maxPoolKeepsPaddingOfZeros() {
        Value x = ops.op("Pad", r.batchInput("x", 3, 6, 6), ops.vector(0, 0, 1, 1, 0, 0, 1, 1));
        r.output(ops.op("MaxPool", Map.of("kernel_shape", new long[] {3, 3}), x));
        r.declines(new FoldPad(), "another value");
    }

    @Test
    void declinesReflection() {
        Value x = ops.op(
                "Pad", Map.of("mode", "reflect"), r.batchInput("x", 3, 6, 6), ops.vector(0, 0, 1, 1, 0, 0, 1, 1));
        r.output(ops.op("Conv", x, r.weights(4, 3, 3, 3)));
        r.declines(new FoldPad(), "constant padding");
    }

    @Test
    void declinesPaddedChannels() {
        Value x = ops.op("Pad", r.batchInput("x", 3, 6, 6), ops.vector(0, 1, 0, 0, 0, 0, 0, 0));
        r.output(ops.op("Conv", x, r.weights(4, 4, 3, 3)));
        r.declines(new FoldPad(), "batch or channel axis");
    }

    @Test
    void declinesIfTheAverageExcludesItsOwnPadding() {
        Map<String, ?> attributes = Map.of("kernel_shape", new long[] {3, 3}, "pads", new long[] {1, 1, 1, 1});
        r.output(ops.op("AveragePool", attributes, padded(null)));
        r.declines(new FoldPad(), "excludes its own padding");
    }

    /** A last window that begins in the padding: of its own the runtime leaves it out. */
    @Test
    void declinesSizesThatAreRoundedUp() {
        Value x = r.batchInput("x", 3, 5, 5);
        Value padded = ops.op("Pad", x, ops.vector(0, 0, 1, 1, 0, 0, 1, 1), ops.constant(Float.NEGATIVE_INFINITY));
        r.output(ops.op(
                "MaxPool",
                Map.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}, "ceil_mode", 1),
                padded));
        r.declines(new FoldPad(), "rounded up");
    }
}
