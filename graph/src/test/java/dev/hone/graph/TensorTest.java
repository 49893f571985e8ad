package dev.hone.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorTest {
    @Test
    void elementsAreLittleEndianAndRowMajor() {
        Tensor tensor = Tensor.ofInts(new int[] {1, 2, 3, 4, 5, 0x01020304}, 2, 3);
        assertThat(tensor.buffer().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(tensor.buffer().get(20)).isEqualTo((byte) 4);
        assertThat(tensor.dims()).containsExactly(2, 3);
        assertThat(tensor.dim(-1)).isEqualTo(3);
        assertThat(tensor.longs()).containsExactly(1, 2, 3, 4, 5, 0x01020304);
        assertThat(tensor).hasToString("int32[2, 3]");
    }

    @Test
    void contentsAreImmutable() {
        byte[] bytes = {1, 2};
        Tensor copy = Tensor.ofBytes(ElementType.UINT8, bytes, 2);
        bytes[0] = 9;
        assertThat(copy.longs()).containsExactly(1, 2);
        assertThat(copy.buffer().isReadOnly()).isTrue();
        long[] dims = copy.dims();
        dims[0] = 5;
        assertThat(copy.dims()).containsExactly(2);
    }

    @Test
    void transposeMovesAxes() {
        Tensor tensor = Tensor.ofLongs(new long[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 2, 3, 2);
        Tensor moved = tensor.transpose(2, 0, 1);
        assertThat(moved.dims()).containsExactly(2, 2, 3);
        // numpy.arange(12).reshape(2, 3, 2).transpose(2, 0, 1)
        assertThat(moved.longs()).containsExactly(0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11);
        assertThat(moved.transpose(1, 2, 0).contentEquals(tensor)).isTrue();
        assertThat(Tensor.filled(ElementType.FLOAT, 0, 0, 3).transpose(1, 0).dims())
                .containsExactly(3, 0);
        assertThat(Tensor.scalar(1f).transpose().scalarFloat()).isEqualTo(1f);
    }

    @Test
    void reshapeKeepsTheElements() {
        Tensor tensor = Tensor.vector(1, 2, 3, 4).reshape(2, 2);
        assertThat(tensor.longs()).containsExactly(1, 2, 3, 4);
        assertThatThrownBy(() -> tensor.reshape(3))
                .isInstanceOf(GraphException.class)
                .hasMessage("cannot reshape [2, 2] to [3]");
    }

    @Test
    void equalityComparesTypeShapeAndBytes() {
        Tensor tensor = Tensor.vector(1, 2);
        assertThat(tensor.contentEquals(Tensor.vector(1, 2))).isTrue();
        assertThat(tensor.contentEquals(Tensor.vector(1, 3))).isFalse();
        assertThat(tensor.contentEquals(Tensor.vector(1, 2).reshape(1, 2))).isFalse();
        assertThat(tensor.contentEquals(tensor.to(ElementType.UINT64))).isFalse();
        Tensor text = Tensor.ofStrings(List.of(new byte[] {'a'}), 1);
        assertThat(text.contentEquals(Tensor.ofStrings(List.of(new byte[] {'a'}), 1)))
                .isTrue();
        assertThat(text.contentEquals(Tensor.ofStrings(List.of(new byte[] {'b'}), 1)))
                .isFalse();
    }

    @Test
    void wrongCountsAreRefused() {
        assertThatThrownBy(() -> Tensor.ofFloats(new float[3], 2, 2)).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> Tensor.of(ElementType.FLOAT, new long[] {2}, new byte[7]))
                .isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> Tensor.vector(1, 2).scalarLong()).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> Tensor.count(2, -1)).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> Tensor.count(1L << 40, 1L << 40))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("too large");
        assertThatThrownBy(() -> Tensor.scalar(1f).strings()).isInstanceOf(GraphException.class);
    }

    @Test
    void mappedTensorsReadTheFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("weights");
        ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(new float[] {9, 1, 2, 3, 4, 9});
        Files.write(file, bytes.array());
        Tensor tensor = Tensor.mapped(ElementType.FLOAT, new long[] {2, 2}, file, 4);
        assertThat(tensor.floats()).containsExactly(1, 2, 3, 4);
        assertThat(tensor.contentEquals(Tensor.ofFloats(new float[] {1, 2, 3, 4}, 2, 2)))
                .isTrue();
        assertThatThrownBy(() -> Tensor.mapped(ElementType.FLOAT, new long[] {8}, file, 4)
                        .floats())
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("truncated");
    }
}
