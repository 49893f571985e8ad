package dev.hone.property;

import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * What outputs may differ by: a tolerance of the type, and a multiple of what rounding the inputs differently changes.
 *
 * @param expected outputs of the model as it is
 * @param nudged outputs for inputs that differ by their rounding error
 * @param exact whether an output must be the same bits
 */
record Agreement(List<Tensor> expected, List<Tensor> nudged, List<Boolean> exact) {
    private static final double AMPLIFIED = 100;

    /** @return what differs, or null */
    String difference(List<Tensor> actual) {
        if (actual.size() != expected.size()) {
            return actual.size() + " outputs, expected " + expected.size();
        }
        for (int i = 0; i < expected.size(); i++) {
            String difference = difference(expected.get(i), nudged.get(i), actual.get(i), exact.get(i));
            if (difference != null) {
                return "output " + i + ": " + difference;
            }
        }
        return null;
    }

    private static String difference(Tensor expected, Tensor nudged, Tensor actual, boolean exact) {
        if (expected.type() != actual.type() || !Arrays.equals(expected.dims(), actual.dims())) {
            return actual + ", expected " + expected;
        }
        if (!expected.type().isFloat()) {
            return expected.contentEquals(actual)
                    ? null
                    : "values differ: " + text(actual) + ", expected " + text(expected);
        }
        double[] a = expected.to(ElementType.DOUBLE).doubles();
        double[] b = actual.to(ElementType.DOUBLE).doubles();
        double[] n = nudged.to(ElementType.DOUBLE).doubles();
        double largest = 0;
        double sensitive = 0;
        for (int i = 0; i < a.length; i++) {
            if (!Double.isFinite(a[i]) || !Double.isFinite(n[i])) {
                if (!exact) {
                    return null;
                }
                continue;
            }
            largest = Math.max(largest, Math.abs(a[i]));
            sensitive = Math.max(sensitive, Math.abs(a[i] - n[i]));
        }
        double allowed = exact ? 0 : tolerance(expected.type()) * Math.max(largest, 1e-3) + AMPLIFIED * sensitive;
        for (int i = 0; i < a.length; i++) {
            boolean same = a[i] == b[i] || Double.isNaN(a[i]) && Double.isNaN(b[i]) || Math.abs(a[i] - b[i]) <= allowed;
            if (!same) {
                return b[i] + " at " + i + " of " + expected + ", expected " + a[i] + " within " + allowed;
            }
        }
        return null;
    }

    private static String text(Tensor tensor) {
        String all = tensor.type() == ElementType.BOOL
                ? Arrays.toString(tensor.to(ElementType.INT32).longs())
                : Arrays.toString(tensor.longs());
        return all.substring(0, Math.min(all.length(), 200));
    }

    private static double tolerance(ElementType type) {
        return switch (type) {
            case DOUBLE -> 1e-9;
            case FLOAT -> 1e-4;
            default -> 3e-2;
        };
    }
}
