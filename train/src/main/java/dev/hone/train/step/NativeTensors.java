package dev.hone.train.step;

import dev.hone.core.ElementType;
import dev.hone.runtime.NativeTensor;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The tensors of a step that are no part of its state: random numbers, hyperparameters, results. */
final class NativeTensors implements AutoCloseable {
    private final Map<String, NativeTensor> tensors = new LinkedHashMap<>();

    static NativeTensor floats(long... dims) {
        return NativeTensor.allocate(ElementType.FLOAT.onnx(), dims);
    }

    NativeTensor add(String name, long... dims) {
        NativeTensor tensor = floats(dims);
        tensors.put(name, tensor);
        return tensor;
    }

    Map<String, NativeTensor> all() {
        return tensors;
    }

    float scalar(String name) {
        return tensors.get(name).scalar();
    }

    FloatBuffer vector(String name) {
        return tensors.get(name).buffer().asFloatBuffer();
    }

    /** The loss and the metrics of a layout. */
    void addReport(List<String> metrics) {
        add(StepGraph.LOSS);
        metrics.forEach(name -> add(StepGraph.METRIC + name));
    }

    Map<String, Float> metrics(List<String> names) {
        Map<String, Float> metrics = new LinkedHashMap<>();
        names.forEach(name -> metrics.put(name, scalar(StepGraph.METRIC + name)));
        return metrics;
    }

    /**
     * Fills all tensors with uniform random numbers. They depend on the seed, the step and the place only, so that a
     * resumed run gets the same ones.
     *
     * @param part counts the gradients that are taken within one step, from 0
     */
    void fillUniform(long seed, long step, long part) {
        int place = 0;
        long base = seed * 0x9E3779B97F4A7C15L + part * 0xD1B54A32D192ED03L;
        for (NativeTensor tensor : tensors.values()) {
            SplittableRandom source = new SplittableRandom(base + step * 1_000_003L + place++);
            FloatBuffer values = tensor.buffer().asFloatBuffer();
            while (values.hasRemaining()) {
                values.put((float) source.nextDouble());
            }
        }
    }

    @Override
    public void close() {
        tensors.values().forEach(NativeTensor::close);
    }
}
