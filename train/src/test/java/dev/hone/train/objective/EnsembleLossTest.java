package dev.hone.train.objective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.data.Batch;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.Reference;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against PyTorch's losses of each member. */
class EnsembleLossTest {
    private static final int FLOAT = 1;
    private static final int ROWS = 5;

    /** The loss and its gradient by the members' logits, given as an input of the model. */
    private static float[][] lossAndGradient(EnsembleLoss objective) {
        Graph graph = new Graph("loss");
        Value members = graph.addInput("members", ElementType.FLOAT, Shape.of(2, ROWS, 2));
        Value logits = new Ops(graph).reduceMean(members, false, 0);
        Map<String, Value> inputs = Map.of("members", members);
        ObjectiveContext context = new ObjectiveContext(
                new Model(graph), new AttachedModel(inputs, Map.of("logits", logits), inputs), ROWS);
        Value loss = objective.loss(context);
        Value gradient = context.ops().op("Identity", context.gradient(loss, members));
        graph.addOutput(loss);
        graph.addOutput(gradient);
        Map<String, NativeTensor> feeds = new LinkedHashMap<>();
        feeds.put("members", tensor(Reference.floats("rows.mlp.members"), 2, ROWS, 2));
        float[] targets = new float[2 * ROWS];
        int[] labels = Reference.ints("rows.labels");
        for (int i = 0; i < ROWS; i++) {
            targets[2 * i + labels[i]] = 1;
        }
        feeds.put(Batch.TARGETS, tensor(targets, ROWS, 2));
        try (Session session = Session.open(OnnxWriter.toBytes(new Model(graph)), SessionOptions.defaults())) {
            Map<String, NativeTensor> results = session.run(feeds);
            float[][] found = {
                results.get(loss.name()).floats(), results.get(gradient.name()).floats()
            };
            results.values().forEach(NativeTensor::close);
            return found;
        } finally {
            feeds.values().forEach(NativeTensor::close);
        }
    }

    private static NativeTensor tensor(float[] values, long... dims) {
        NativeTensor tensor = NativeTensor.allocate(FLOAT, dims);
        tensor.buffer().asFloatBuffer().put(values);
        return tensor;
    }

    @Test
    void lossAndGradientAreThoseOfPyTorch() {
        float[][] found = lossAndGradient(new EnsembleLoss("members", 0, new float[] {1, 2}, 0, null));
        assertThat(found[0]).containsExactly(Reference.floats("rows.mlp.loss"), Offset.offset(1e-5f));
        assertThat(found[1]).containsExactly(Reference.floats("rows.mlp.gradient"), Offset.offset(1e-5f));
    }

    @Test
    void focalLossIsThatOfPyTorch() {
        float[][] found = lossAndGradient(new EnsembleLoss("members", 0, null, 2, null));
        assertThat(found[0]).containsExactly(Reference.floats("rows.mlp.focal"), Offset.offset(1e-5f));
    }
}
