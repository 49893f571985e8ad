package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import java.util.Arrays;

/**
 * Converts constants as Cast does: integers keep their low bits, floats are truncated to integers and rounded to floats,
 * each once.
 */
final class CastEvaluator {
    private CastEvaluator() {}

    /** @return null if one of the types, or a number beyond the range of the new type, is not supported */
    static Tensor cast(Tensor x, ElementType to) {
        if (!isKnown(x.type()) || !isKnown(to)) {
            return null;
        }
        if (x.type() == to) {
            return x;
        }
        if (to.isFloat()) {
            return floats(x, to);
        }
        if (x.type().isFloat()) {
            return to == ElementType.BOOL ? x.to(to) : truncated(x, to);
        }
        return Tensor.ofIntegers(to, x.longs(), x.dims());
    }

    /** A number that the new type has only infinity for stays: the runtime computes in a wider type where it has no kernels. */
    private static Tensor floats(Tensor x, ElementType to) {
        boolean twice = !x.type().isFloat() && x.type().bits() == 64 && to != ElementType.DOUBLE;
        Tensor made = twice ? single(x).to(to) : x.to(to);
        return infinities(made) == infinities(x) ? made : null;
    }

    private static long infinities(Tensor x) {
        return x.type().isFloat()
                ? Arrays.stream(x.doubles()).filter(Double::isInfinite).count()
                : 0;
    }

    private static boolean isKnown(ElementType type) {
        return Patterns.isPlainFloat(type) || type == ElementType.BOOL || ElementwiseEvaluator.isInteger(type);
    }

    /** By way of a double, 64 bits would be rounded twice. */
    private static Tensor single(Tensor x) {
        long[] values = x.longs();
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            boolean large = x.type() == ElementType.UINT64 && values[i] < 0;
            // Halved with its last bit kept, a number beyond the signed ones rounds the same way.
            floats[i] = large ? 2f * (values[i] >>> 1 | values[i] & 1) : values[i];
        }
        return Tensor.ofFloats(floats, x.dims());
    }

    private static Tensor truncated(Tensor x, ElementType to) {
        double[] values = x.doubles();
        int bits = Math.min(to.bits(), 64) - (to.isSigned() || to == ElementType.UINT64 ? 1 : 0);
        double limit = Math.scalb(1.0, bits);
        double lowest = to.isSigned() ? -limit : 0;
        // Beyond the range, runtimes differ.
        if (!Arrays.stream(values).allMatch(v -> v < limit && (v >= lowest || v > lowest - 1))) {
            return null;
        }
        return Tensor.ofIntegers(
                to, Arrays.stream(values).mapToLong(v -> (long) v).toArray(), x.dims());
    }
}
