package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeanToGlobalPoolTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void replacesMeansByPooling() {
        r.output(ops.reduceMean(r.batchInput("x", 3, 4, 5), true, -1, -2));
        r.output(ops.reduceMean(r.batchInput("z", 3, 4, 5), false, 2, 3));
        r.fires(new MeanToGlobalPool(), 1e-6);
        assertThat(r.operators()).containsExactlyInAnyOrder("GlobalAveragePool", "GlobalAveragePool", "Squeeze");
    }

    @Test
    void replacesPoolingOverTheWholeInput() {
        r.output(ops.op("AveragePool", Map.of("kernel_shape", new long[] {4, 5}), r.batchInput("x", 3, 4, 5)));
        r.fires(new MeanToGlobalPool(), 1e-6);
        assertThat(r.operators()).containsExactly("GlobalAveragePool");
    }

    /** ONNX Runtime pools up to three spatial axes, and none without elements. */
    @Test
    void declinesWhatRuntimesDoNotPool() {
        r.output(ops.reduceMean(r.batchInput("x", 3, 2, 2, 2, 2), true, 2, 3, 4, 5));
        r.declines(new MeanToGlobalPool(), "three spatial axes");
        r.output(ops.reduceMean(r.batchInput("z", 3, 0, 2), true, 2, 3));
        r.declines(new MeanToGlobalPool(), "three spatial axes");
    }

    @Test
    void declinesOtherAxesAndWindows() {
        r.output(ops.reduceMean(r.batchInput("x", 3, 4, 5), true, 1, 2));
        r.declines(new MeanToGlobalPool(), "exactly the spatial axes");
        r.output(ops.op("AveragePool", Map.of("kernel_shape", new long[] {4, 4}), r.batchInput("z", 3, 4, 5)));
        r.declines(new MeanToGlobalPool(), "not the whole input");
    }
}
