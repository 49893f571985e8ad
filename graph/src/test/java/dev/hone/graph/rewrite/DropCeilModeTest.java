package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropCeilModeTest {
    private final RewriteTester r = new RewriteTester();

    /** 5 and two of padding: a third window of stride 3 would begin in the padding behind. */
    private void pool(String operator, long padding, long stride) {
        Map<String, Object> window = new HashMap<>(Map.of(
                "kernel_shape",
                new long[] {2, 2},
                "strides",
                new long[] {stride, stride},
                "pads",
                new long[] {padding, padding, padding, padding},
                "ceil_mode",
                1));
        Value x = r.batchInput("x", 2, 5, 5);
        r.output(r.ops().op(operator, window, x));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MaxPool", "AveragePool"})
    void dropsWhatAddsNoWindow(String operator) {
        pool(operator, 1, 4);
        r.fires(new DropCeilMode(), 0);
    }

    @Test
    void declinesAWindowMore() {
        pool("MaxPool", 0, 2);
        r.declines(new DropCeilMode(), "adds a window");
    }

    @Test
    void declinesUnknownSizes() {
        Value x =
                r.graph().addInput("x", ElementType.FLOAT, Shape.of(1, 2, 5, 5).with(2, Dim.unknown()));
        r.output(r.ops().op("MaxPool", Map.of("kernel_shape", new long[] {2, 2}, "ceil_mode", 1), x));
        r.declines(new DropCeilMode(), "unknown");
    }
}
