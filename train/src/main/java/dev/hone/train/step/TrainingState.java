package dev.hone.train.step;

import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What goes from step to step: weights, statistics, the optimizer's vectors, averages, the number of steps. It lives in
 * native memory, in two sets: a step reads one and writes the other, and they change places. Nothing of it passes through
 * Java arrays. For one thread at a time.
 */
public final class TrainingState implements AutoCloseable {
    private final Model start;
    private final StepLayout layout;
    private Map<String, NativeTensor> current = new LinkedHashMap<>();
    private Map<String, NativeTensor> next = new LinkedHashMap<>();
    private long step;

    /** At step 0, with the model's own weights. */
    TrainingState(Model start, StepLayout layout) {
        this.start = start;
        this.layout = layout;
        layout.state().forEach((name, count) -> {
            current.put(name, NativeTensors.floats(count));
            next.put(name, NativeTensors.floats(count));
        });
        set(StepGraph.WEIGHTS, flatten(layout.weights()));
        set(StepGraph.STATISTICS, flatten(layout.statistics()));
    }

    /** The vector that the model's own values make. */
    private float[] flatten(FlatLayout of) {
        float[] vector = new float[Math.toIntExact(of.total())];
        Map<String, Tensor> byName = new LinkedHashMap<>();
        start.graph().constants().forEach(v -> byName.put(v.name(), v.constant()));
        for (FlatLayout.Entry entry : of.entries()) {
            float[] values = byName.get(entry.name()).floats();
            System.arraycopy(values, 0, vector, Math.toIntExact(entry.offset()), values.length);
        }
        return vector;
    }

    /** Sets weights or statistics, and the average of them. */
    private void set(String name, float[] values) {
        for (String key : List.of(name, StepGraph.AVERAGE + name)) {
            if (current.containsKey(key)) {
                vector(key).put(values);
            }
        }
    }

    /** How many steps have been done. */
    public long step() {
        return step;
    }

    /** Continues from a state that was saved: the caller has filled {@link #vector} for every name. */
    public void resumeAt(long doneSteps) {
        this.step = doneSteps;
    }

    /** Names of the vectors. */
    public List<String> names() {
        return List.copyOf(current.keySet());
    }

    /** A view of one of the vectors, valid until the next step. */
    public FloatBuffer vector(String name) {
        return current.get(name).buffer().asFloatBuffer();
    }

    /** The vectors that a step reads. */
    Map<String, NativeTensor> current() {
        return current;
    }

    /** The vectors that a step writes, by its outputs' names. */
    Map<String, NativeTensor> outputs() {
        Map<String, NativeTensor> outputs = new LinkedHashMap<>();
        next.forEach((name, tensor) -> outputs.put(name + StepGraph.NEW, tensor));
        return outputs;
    }

    /** What a step wrote is the state now. */
    void advance() {
        Map<String, NativeTensor> old = current;
        current = next;
        next = old;
        step++;
    }

    // ---- models

    /**
     * The model with the weights and statistics as they are now.
     *
     * @param averaged whether to take the moving averages instead, if they are kept
     */
    public Model snapshot(boolean averaged) {
        return snapshot(copies(averaged));
    }

    /** Copies of weights and statistics, or of the averages of them, under the names of the former. */
    public Map<String, FloatBuffer> copies(boolean averaged) {
        Map<String, FloatBuffer> copies = new LinkedHashMap<>();
        for (String name : List.of(StepGraph.WEIGHTS, StepGraph.STATISTICS)) {
            if (current.containsKey(name)) {
                boolean average = averaged && current.containsKey(StepGraph.AVERAGE + name);
                FloatBuffer from = vector(average ? StepGraph.AVERAGE + name : name);
                copies.put(name, FloatBuffer.allocate(from.capacity()).put(from).rewind());
            }
        }
        return copies;
    }

    /** The model with weights and statistics from {@link #copies} made earlier. */
    public Model snapshot(Map<String, FloatBuffer> vectors) {
        Model copy = start.copy();
        assign(copy, layout.weights(), vectors.get(StepGraph.WEIGHTS));
        assign(copy, layout.statistics(), vectors.get(StepGraph.STATISTICS));
        return copy;
    }

    private static void assign(Model to, FlatLayout layout, FloatBuffer vector) {
        Map<String, FlatLayout.Entry> byName = new LinkedHashMap<>();
        layout.entries().forEach(entry -> byName.put(entry.name(), entry));
        for (Value value : to.graph().constants()) {
            FlatLayout.Entry entry = byName.get(value.name());
            if (entry != null) {
                value.setConstant(layout.read(entry, vector));
            }
        }
    }

    /**
     * Compares a model file's bytes with the training graph's own forward pass at inference, fed with the vectors that
     * the model was made from.
     *
     * @param feeds the model's inputs, by name; what else there is is ignored
     * @return the largest difference of the first output, as a fraction of its largest value
     */
    public double difference(byte[] exported, Map<String, FloatBuffer> vectors, Map<String, NativeTensor> feeds) {
        Model open = start.copy();
        FlatModel.open(open, Map.of(StepGraph.WEIGHTS, layout.weights(), StepGraph.STATISTICS, layout.statistics()));
        Map<String, NativeTensor> inputs = new LinkedHashMap<>();
        layout.inputs().forEach(name -> inputs.put(name, feeds.get(name)));
        float[] found = firstOutput(exported, inputs);
        Map<String, NativeTensor> state = new LinkedHashMap<>();
        try {
            vectors.forEach((name, values) -> {
                NativeTensor tensor = NativeTensors.floats(values.capacity());
                state.put(name, tensor);
                tensor.buffer().asFloatBuffer().put(values.duplicate().rewind());
            });
            inputs.putAll(state);
            float[] expected = firstOutput(OnnxWriter.toBytes(open), inputs);
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < expected.length; i++) {
                largest = Math.max(largest, Math.abs(expected[i]));
                difference = Math.max(difference, Math.abs(expected[i] - found[i]));
            }
            return difference / Math.max(largest, 1e-12);
        } finally {
            state.values().forEach(NativeTensor::close);
        }
    }

    private static float[] firstOutput(byte[] model, Map<String, NativeTensor> inputs) {
        try (Session session = Session.open(model, SessionOptions.defaults())) {
            String name = session.outputs().get(0).name();
            try (NativeTensor output =
                    session.run(inputs, List.of(name), Map.of()).get(name)) {
                return output.floats();
            }
        }
    }

    @Override
    public void close() {
        current.values().forEach(NativeTensor::close);
        next.values().forEach(NativeTensor::close);
    }
}
