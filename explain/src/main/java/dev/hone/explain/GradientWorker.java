package dev.hone.explain;

import dev.hone.core.ElementType;
import dev.hone.runtime.NativeTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one thread computes rows with: tensors that stay in native memory from run to run. */
abstract class GradientWorker implements AutoCloseable {
    private static final int FLOAT = ElementType.FLOAT.onnx();
    private static final int INT64 = ElementType.INT64.onnx();

    final GradientGraphs graphs;
    final int chunk;
    private final NativeResources owned = new NativeResources();
    private final Map<String, NativeTensor> named = new HashMap<>();

    GradientWorker(GradientGraphs graphs) {
        this.graphs = graphs;
        this.chunk = graphs.chunk();
    }

    /**
     * @param block of {@link GradientGraphs#blocks}
     * @param targets the classes that are explained
     * @param rowSums by class and row, written where the block's rows are
     * @return by class and group, the sum of its rows' attributions, by element of the input
     */
    abstract float[][][] run(List<SampleGroup> block, int[] targets, PathSamples points, float[][] rowSums);

    final NativeTensor floats(long... dims) {
        return owned.add(NativeTensor.allocate(FLOAT, dims));
    }

    /** The same tensor whenever a name is asked for. */
    final NativeTensor floats(String name, long... dims) {
        return named.computeIfAbsent(name, k -> floats(dims));
    }

    /** The index of a class. */
    final NativeTensor target(int k, int index) {
        NativeTensor target = named.computeIfAbsent("target " + k, n -> owned.add(NativeTensor.allocate(INT64, 1)));
        target.buffer().asLongBuffer().put(index);
        return target;
    }

    @Override
    public void close() {
        owned.close();
    }
}
