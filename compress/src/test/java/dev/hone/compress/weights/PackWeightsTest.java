package dev.hone.compress.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.stream.Source;
import dev.hone.compress.stream.Storage;
import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However small the pieces, and wherever the tensor lies, the same bytes come out. */
class PackWeightsTest {
    private static final int INPUTS = 80;
    private static final int OUTPUTS = 45;

    private static List<Tensor> packed(MatrixConversion.Matrix matrix, WeightOptions options, long panelBytes)
            throws IOException {
        Packed packed = new Packed(Storage.heap(), options, OUTPUTS, INPUTS, ElementType.FLOAT, false);
        PackWeights weights = new PackWeights("w", matrix, packed, BlockRounding.of(options), panelBytes);
        assertThat(weights.pieces()).isEqualTo(panelBytes > 100_000 ? 1 : 23);
        try (Source source = new Source()) {
            for (int i = weights.pieces() - 1; i >= 0; i--) {
                weights.convert(i, source);
            }
        }
        return List.of(packed.levels.tensor(), packed.scales.tensor(), packed.zeros.tensor());
    }

    @ParameterizedTest
    @CsvSource({"4, false", "4, true", "8, false", "8, true"})
    void piecesGiveWhatTheWholeGives(int bits, boolean outputsFirst, @TempDir Path folder) throws IOException {
        WeightOptions options = WeightOptions.ofBits(bits);
        Tensor w = Tensor.ofFloats(
                WeightNets.weights(INPUTS * OUTPUTS, 4),
                outputsFirst ? OUTPUTS : INPUTS,
                outputsFirst ? INPUTS : OUTPUTS);
        List<Tensor> whole = packed(new MatrixConversion.Matrix(w, outputsFirst), options, 1 << 20);
        // In a file, behind something else.
        Path file = folder.resolve("tensors");
        ByteBuffer bytes = ByteBuffer.allocate(100 + 4 * INPUTS * OUTPUTS).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(100);
        bytes.put(w.buffer());
        Files.write(file, bytes.array());
        Tensor mapped = Tensor.mapped(ElementType.FLOAT, w.dims(), file, 100);
        List<Tensor> pieces = packed(new MatrixConversion.Matrix(mapped, outputsFirst), options, 2 * 32 * 4);
        for (int i = 0; i < whole.size(); i++) {
            assertThat(pieces.get(i).contentEquals(whole.get(i))).isTrue();
        }
    }

    /** Outputs first goes block by block, inputs first all outputs at once. */
    @ParameterizedTest
    @CsvSource({"4, 16, NEAREST", "4, 64, NEAREST", "8, 32, NEAREST", "4, 32, HQQ"})
    void theOrderOfTheWeightsDoesNotMatter(int bits, int blockSize, Rounding rounding) throws IOException {
        WeightOptions options =
                WeightOptions.ofBits(bits).withBlockSize(blockSize).withRounding(rounding);
        Tensor w = Tensor.ofFloats(WeightNets.weights(INPUTS * OUTPUTS, 8), OUTPUTS, INPUTS);
        List<Tensor> rows = packed(new MatrixConversion.Matrix(w, true), options, 1 << 20);
        List<Tensor> columns = packed(new MatrixConversion.Matrix(w.transpose(1, 0), false), options, 1 << 20);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(columns.get(i).contentEquals(rows.get(i))).isTrue();
        }
    }
}
