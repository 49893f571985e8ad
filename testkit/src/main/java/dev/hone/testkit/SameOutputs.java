package dev.hone.testkit;

import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Checks that two models compute the same outputs, compared by position. Both run without ONNX Runtime's graph
 * optimizations, so that only the models differ.
 */
public final class SameOutputs {
    private static final double LOOSEST = 0.1;
    private static final SessionOptions OPTIONS =
            SessionOptions.defaults().withOptimization(SessionOptions.Optimization.NONE);

    private SameOutputs() {}

    /** Checks on random inputs, with dynamic dimensions of 2. See {@link #check(byte[], byte[], Map, double)}. */
    public static void check(byte[] expected, byte[] actual, long seed, double tolerance) {
        Map<String, NativeTensor> inputs;
        try (Session session = Session.open(expected, OPTIONS)) {
            inputs = RandomInputs.of(session.inputs(), seed, 2);
        }
        check(expected, actual, inputs, tolerance);
        inputs.values().forEach(NativeTensor::close);
    }

    /**
     * Fails unless each output differs by at most {@code tolerance} times the largest magnitude of the expected output;
     * integers and booleans must be equal. An expected output of zeros fails too, since it would prove nothing.
     *
     * @param tolerance greater than 0 and at most 0.1, so that doubled outputs fail
     */
    public static void check(byte[] expected, byte[] actual, Map<String, NativeTensor> inputs, double tolerance) {
        if (!(tolerance > 0 && tolerance <= LOOSEST)) {
            throw new IllegalArgumentException("tolerance " + tolerance + ", expected above 0 and at most " + LOOSEST);
        }
        try (Session first = Session.open(expected, OPTIONS);
                Session second = Session.open(actual, OPTIONS)) {
            if (first.outputs().size() != second.outputs().size()) {
                throw new AssertionError("outputs " + second.outputs() + ", expected " + first.outputs());
            }
            Map<String, NativeTensor> wanted = first.run(inputs);
            Map<String, NativeTensor> found = second.run(inputs);
            for (int i = 0; i < first.outputs().size(); i++) {
                String name = first.outputs().get(i).name();
                compare(
                        name,
                        wanted.get(name),
                        found.get(second.outputs().get(i).name()),
                        tolerance);
            }
            wanted.values().forEach(NativeTensor::close);
            found.values().forEach(NativeTensor::close);
        }
    }

    /** The same comparison for two tensors. */
    public static void compare(String name, NativeTensor expected, NativeTensor actual, double tolerance) {
        if (!expected.toString().equals(actual.toString())) {
            throw new AssertionError(name + " is " + actual + ", expected " + expected);
        }
        if (expected.type() != 1 && expected.type() != 11) {
            if (!expected.buffer().equals(actual.buffer())) {
                throw new AssertionError(name + " (" + expected + ") differs");
            }
            return;
        }
        double[] a = doubles(expected);
        double[] b = doubles(actual);
        double largest = 0;
        double worst = 0;
        int at = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i]));
            double difference = Math.abs(a[i] - b[i]);
            if (!(difference <= worst)) {
                worst = difference;
                at = i;
            }
            if (Double.isNaN(worst)) {
                break;
            }
        }
        if (!(largest > 0)) {
            throw new AssertionError(name + " (" + expected + ") is all zeros, which proves nothing; use other inputs");
        }
        if (!(worst <= tolerance * largest)) {
            throw new AssertionError(name + " (" + expected + ") differs by " + worst + " at " + at + ": " + b[at]
                    + ", expected " + a[at] + " within " + tolerance + " x " + largest);
        }
    }

    private static double[] doubles(NativeTensor tensor) {
        ByteBuffer bytes = tensor.buffer();
        double[] values = new double[(int) tensor.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.type() == 1 ? bytes.getFloat() : bytes.getDouble();
        }
        return values;
    }
}
