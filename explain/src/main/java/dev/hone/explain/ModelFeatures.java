package dev.hone.explain;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.analysis.Head;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.rewrite.Passes;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import java.util.Arrays;
import java.util.Map;

/** What a classifier's last layer of weights sees of an input: its penultimate features. */
public final class ModelFeatures implements AutoCloseable {
    private final Session session;
    private final long[] dims;

    private ModelFeatures(Session session, long[] dims) {
        this.session = session;
        this.dims = dims;
    }

    /**
     * @param example an input [1,...], which gives the size
     * @throws GraphException if the model has another form than explanations take, or no such layer
     */
    public static ModelFeatures open(Model model, NativeTensor example, SamplingOptions options) {
        long[] dims = example.dims();
        Model prepared = AttributionGraph.prepare(model, options.logits(), dims);
        Graph graph = prepared.graph();
        Head head = Head.of(graph.outputs().get(0));
        if (head.start() == null) {
            throw new GraphException("the model's scores do not depend on its input");
        }
        if (head.layer() == null) {
            throw new GraphException("the model has no layer of weights before its scores, such as a Gemm");
        }
        graph.setOutput(0, head.features());
        Passes.inference().run(prepared);
        dims[0] = Math.max(1, AttributionGraph.fixedBatch(prepared));
        return new ModelFeatures(Session.open(OnnxWriter.toBytes(prepared), options.session()), dims);
    }

    /** The features of one input, row-major. */
    public float[] of(float[] input) {
        try (NativeTensor tensor = NativeTensor.allocate(1, dims)) {
            tensor.buffer().asFloatBuffer().put(input);
            tensor.repeatLast(1);
            try (NativeTensor output = session.run(
                            Map.of(session.inputs().get(0).name(), tensor))
                    .values()
                    .iterator()
                    .next()) {
                float[] all = output.floats();
                return Arrays.copyOf(all, all.length / (int) dims[0]);
            }
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
