package dev.hone.compress.weights;

import dev.hone.compress.stream.Source;
import java.io.IOException;
import java.util.Arrays;

/** Rounds a matrix block by block, a panel of outputs at a time. */
final class PackWeights extends MatrixConversion {
    /** Levels of one piece, in bytes. */
    private static final long PANEL = 32 << 20;

    /** Columns that are turned at a time: a line of the processor's cache. */
    private static final int TURNED = 16;

    private final Packed packed;
    private final BlockRounding rounding;

    PackWeights(String name, Matrix matrix, Packed packed, BlockRounding rounding) {
        this(name, matrix, packed, rounding, PANEL);
    }

    PackWeights(String name, Matrix matrix, Packed packed, BlockRounding rounding, long panelBytes) {
        super(
                name,
                matrix,
                Math.min(panelBytes / packed.rowSize(), panelBytes / (packed.blockSize * (long) Float.BYTES)));
        this.packed = packed;
        this.rounding = rounding;
    }

    @Override
    void convert(int from, int count, Source source) throws IOException {
        Packed.Panel target = packed.new Panel(from, count, source);
        Block block = new Block(packed.blockSize);
        if (matrix.outputsFirst()) {
            rows(from, count, source, target, block);
        } else {
            columns(from, count, source, target, block);
        }
        target.write();
    }

    /** [N, K]: the inputs of an output lie one after the other. */
    private void rows(int from, int count, Source source, Packed.Panel target, Block block) throws IOException {
        int inputs = matrix.inputs();
        float[] row = new float[inputs];
        for (int n = 0; n < count; n++) {
            long first = (long) (from + n) * inputs;
            source.floats(matrix.tensor(), first, row, 0, inputs);
            for (int b = 0; b < packed.blocks; b++) {
                int at = b * packed.blockSize;
                int size = Math.min(packed.blockSize, inputs - at);
                rounding.round(row, at, size, block);
                if (Float.isNaN(block.scale)) {
                    requireFinite(row, inputs, first);
                }
                target.put(n, b, block, size);
            }
        }
    }

    /** [K, N]: as many inputs as a block has are read for all outputs of the panel, and turned. */
    private void columns(int from, int count, Source source, Packed.Panel target, Block block) throws IOException {
        int blockSize = packed.blockSize;
        float[] lines = source.floatScratch(Math.multiplyExact(blockSize, count));
        float[] turned = new float[TURNED * blockSize];
        NearestColumns columns =
                rounding instanceof Nearest nearest ? new NearestColumns(nearest, packed.bits, blockSize) : null;
        boolean whole = count == matrix.outputs();
        for (int b = 0; b < packed.blocks; b++) {
            int size = Math.min(blockSize, matrix.inputs() - b * blockSize);
            if (whole) {
                source.floats(matrix.tensor(), (long) b * blockSize * count, lines, 0, size * count);
            } else {
                for (int k = 0; k < size; k++) {
                    long first = (long) (b * blockSize + k) * matrix.outputs() + from;
                    source.floats(matrix.tensor(), first, lines, k * count, count);
                }
            }
            if (columns != null) {
                Arrays.fill(lines, size * count, blockSize * count, 0);
                if (!columns.round(lines, count, b, target)) {
                    requireFinite(lines, size * count, (long) b * blockSize * count);
                }
                continue;
            }
            for (int n = 0; n < count; n += TURNED) {
                int some = Math.min(TURNED, count - n);
                for (int k = 0; k < size; k++) {
                    for (int i = 0; i < some; i++) {
                        turned[i * blockSize + k] = lines[k * count + n + i];
                    }
                }
                for (int i = 0; i < some; i++) {
                    rounding.round(turned, i * blockSize, size, block);
                    if (Float.isNaN(block.scale)) {
                        requireFinite(lines, size * count, (long) b * blockSize * count);
                    }
                    target.put(n + i, b, block, size);
                }
            }
        }
    }
}
