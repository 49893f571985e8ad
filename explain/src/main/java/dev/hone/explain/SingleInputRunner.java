package dev.hone.explain;

import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** All outputs of a model for one input. Where its batch is fixed, the other rows are zero. */
final class SingleInputRunner implements AutoCloseable {
    private final Session session;
    private final int batch;
    private final long[] inputDims;
    private final boolean takesTarget;

    /** @param inputDims [1,...] */
    SingleInputRunner(Model model, int batch, long[] inputDims, SessionOptions options) {
        this.batch = batch;
        this.inputDims = inputDims.clone();
        this.inputDims[0] = batch;
        this.session = Session.open(OnnxWriter.toBytes(model), options);
        this.takesTarget = session.inputs().size() > 1;
    }

    /** By output, what belongs to the input's row. */
    List<float[]> run(float[] input, int target) {
        List<float[]> rows = new ArrayList<>();
        try (NativeTensor image = NativeTensor.allocate(1, inputDims);
                NativeTensor of = NativeTensor.ofLongs(new long[] {target}, 1)) {
            image.buffer().asFloatBuffer().put(input);
            image.repeatLast(1);
            String name = session.inputs().get(0).name();
            Map<String, NativeTensor> feeds =
                    takesTarget ? Map.of(name, image, session.inputs().get(1).name(), of) : Map.of(name, image);
            for (NativeTensor output : session.run(feeds).values()) {
                try (output) {
                    float[] all = output.floats();
                    rows.add(Arrays.copyOf(all, all.length / batch));
                }
            }
        }
        return rows;
    }

    /** Of an output, of one row. */
    long[] shape(int output) {
        long[] dims = session.outputs().get(output).dims();
        return Arrays.copyOfRange(dims, 1, dims.length);
    }

    @Override
    public void close() {
        session.close();
    }
}
