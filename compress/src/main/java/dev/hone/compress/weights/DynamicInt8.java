package dev.hone.compress.weights;

import dev.hone.compress.CompressionContext;
import dev.hone.compress.stream.Format;
import dev.hone.compress.stream.TensorwiseCompression;
import dev.hone.graph.Model;
import dev.hone.runtime.Cpu;

/** Dynamic quantization to INT8, see {@link DynamicInt8Format}. */
public final class DynamicInt8 extends TensorwiseCompression {
    /** There is nothing to choose. */
    public record Options() {}

    @Override
    public Calibration calibration() {
        return Calibration.UNUSED;
    }

    @Override
    protected Format format(Model model, CompressionContext context) {
        return new DynamicInt8Format(!Cpu.here().instructions().exact(), true);
    }
}
