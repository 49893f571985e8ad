package dev.hone.compress.half;

import dev.hone.compress.CompressionException;
import dev.hone.compress.stream.Conversion;
import dev.hone.compress.stream.Source;
import dev.hone.compress.stream.Storage;
import dev.hone.core.ElementType;
import dev.hone.graph.HalfFloats;
import dev.hone.graph.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Rounds a tensor of floats to 16 bits, nearest even; a number that would become infinite is an error. */
final class HalfTensor implements Conversion {
    private static final int PIECE = 8 << 20;
    private static final int PART = 1 << 18;

    private final String name;
    private final Tensor from;
    private final Storage.Target to;
    private final float ceiling;

    HalfTensor(String name, Tensor from, Storage.Target to, HalfOptions options) {
        this.name = name;
        this.from = from;
        this.to = to;
        this.ceiling = options.ceiling();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long bytes() {
        return from.data().size();
    }

    @Override
    public int pieces() {
        return Math.toIntExact((from.count() + PIECE - 1) / PIECE);
    }

    @Override
    public void convert(int piece, Source source) throws IOException {
        long end = Math.min(from.count(), (piece + 1L) * PIECE);
        float[] values = source.floatScratch(PART);
        short[] halves = new short[PART];
        ByteBuffer bytes = ByteBuffer.allocate(2 * PART).order(ByteOrder.LITTLE_ENDIAN);
        boolean bfloat = to.tensor().type() == ElementType.BFLOAT16;
        int most = Float.floatToRawIntBits(ceiling);
        for (long at = (long) piece * PIECE; at < end; ) {
            int count = (int) Math.min(PART, end - at);
            source.floats(from, at, values, 0, count);
            int largest = 0;
            for (int i = 0; i < count; i++) {
                halves[i] = bfloat ? HalfFloats.toBfloat(values[i]) : HalfFloats.toHalf(values[i]);
                largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & 0x7FFFFFFF);
            }
            if (largest > most) {
                requireInRange(values, count, at);
            }
            bytes.clear();
            bytes.asShortBuffer().put(halves, 0, count);
            to.write(2 * at, bytes.limit(2 * count));
            at += count;
        }
    }

    private void requireInRange(float[] values, int count, long first) {
        for (int i = 0; i < count; i++) {
            float x = values[i];
            if (Math.abs(x) <= ceiling || Float.isInfinite(x)) {
                continue;
            }
            if (Float.isNaN(x)) {
                throw new CompressionException("tensor '" + name + "' holds NaN at element " + (first + i)
                        + ", expected numbers; the model is damaged");
            }
            throw new CompressionException("tensor '" + name + "' holds " + x + " at element " + (first + i) + ", "
                    + to.tensor().type() + " ends at " + ceiling + "; keep the nodes that read it in FP32");
        }
    }
}
