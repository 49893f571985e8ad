package dev.hone.compress.weights;

import dev.hone.compress.stream.Source;
import dev.hone.compress.stream.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rounds a matrix to signed bytes [K,N] with a scale for each output, the largest magnitude by the levels; a panel of
 * outputs at a time, which is read twice: for the scales, then for the bytes.
 */
final class PackChannels extends MatrixConversion {
    private static final long PANEL = 64 << 20;

    private final Storage.Target bytes;
    private final Storage.Target scales;
    private final int levels;

    PackChannels(String name, Matrix matrix, Storage.Target bytes, Storage.Target scales, int levels) {
        super(name, matrix, PANEL / matrix.inputs());
        this.bytes = bytes;
        this.scales = scales;
        this.levels = levels;
    }

    @Override
    void convert(int from, int count, Source source) throws IOException {
        float[] largest = new float[count];
        forEachLine(from, count, source, (output, input, values, size) -> {
            for (int i = 0; i < size; i++) {
                int n = matrix.outputsFirst() ? output : i;
                largest[n] = Math.max(largest[n], Math.abs(values[i]));
            }
        });
        ByteBuffer scaleBytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        float[] scale = new float[count];
        for (int n = 0; n < count; n++) {
            scale[n] = Math.max(largest[n] / levels, Float.MIN_NORMAL);
            scaleBytes.putFloat(4 * n, scale[n]);
        }
        byte[] rounded = new byte[matrix.inputs() * count];
        forEachLine(from, count, source, (output, input, values, size) -> {
            for (int i = 0; i < size; i++) {
                int n = matrix.outputsFirst() ? output : i;
                int k = matrix.outputsFirst() ? i : input;
                rounded[k * count + n] = (byte) Math.rint(values[i] / (double) scale[n]);
            }
        });
        scales.write(4L * from, scaleBytes);
        if (count == matrix.outputs()) {
            bytes.write(0, ByteBuffer.wrap(rounded));
        } else {
            for (int k = 0; k < matrix.inputs(); k++) {
                bytes.write((long) k * matrix.outputs() + from, ByteBuffer.wrap(rounded, k * count, count));
            }
        }
    }

    /** Takes the inputs of one output, or the weights of one input for all outputs of the panel, as they lie. */
    private interface Line {
        void take(int output, int input, float[] values, int size);
    }

    private void forEachLine(int from, int count, Source source, Line line) throws IOException {
        int size = matrix.outputsFirst() ? matrix.inputs() : count;
        int lines = matrix.outputsFirst() ? count : matrix.inputs();
        float[] values = new float[size];
        for (int i = 0; i < lines; i++) {
            long first =
                    matrix.outputsFirst() ? (long) (from + i) * matrix.inputs() : (long) i * matrix.outputs() + from;
            source.floats(matrix.tensor(), first, values, 0, size);
            requireFinite(values, size, first);
            line.take(i, i, values, size);
        }
    }
}
