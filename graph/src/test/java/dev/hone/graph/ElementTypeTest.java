package dev.hone.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Conversions between element types against numpy and PyTorch; see {@code conversions.py}. */
class ElementTypeTest {
    private static List<String[]> vectors() throws IOException {
        try (InputStream file = ElementTypeTest.class.getResourceAsStream("conversions.tsv")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t"))
                    .toList();
        }
    }

    @Test
    void floatsRoundAsInNumpyAndTorch() throws IOException {
        for (String[] row : vectors()) {
            float value = Float.intBitsToFloat(Integer.parseUnsignedInt(row[0], 16));
            Tensor tensor = Tensor.scalar(value);
            assertThat(bits16(tensor.to(ElementType.FLOAT16)))
                    .as("float16 of " + value)
                    .isEqualTo(row[1]);
            assertThat(bits16(tensor.to(ElementType.BFLOAT16)))
                    .as("bfloat16 of " + value)
                    .isEqualTo(row[2]);
            if (row.length > 3) {
                assertThat(tensor.to(ElementType.INT8).scalarLong())
                        .as("int8 of " + value)
                        .isEqualTo(Long.parseLong(row[3]));
                assertThat(tensor.to(ElementType.UINT8).scalarLong())
                        .as("uint8 of " + value)
                        .isEqualTo(Long.parseLong(row[4]));
                assertThat(tensor.to(ElementType.INT32).scalarLong())
                        .as("int32 of " + value)
                        .isEqualTo(Long.parseLong(row[5]));
            }
        }
    }

    private static String bits16(Tensor tensor) {
        return String.format("%04x", tensor.buffer().getShort(0) & 0xFFFF);
    }

    /** Every 16-bit float converts to float and back unchanged. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void sixteenBitFloatsRoundTripThroughFloat(ElementType type) {
        byte[] all = new byte[2 << 16];
        for (int i = 0; i < 1 << 16; i++) {
            all[2 * i] = (byte) i;
            all[2 * i + 1] = (byte) (i >> 8);
        }
        Tensor tensor = Tensor.of(type, new long[] {1 << 16}, all);
        float[] floats = tensor.floats();
        Tensor back = Tensor.ofFloats(floats, floats.length).to(type);
        for (int i = 0; i < floats.length; i++) {
            if (Float.isNaN(floats[i])) {
                assertThat(back.floats()[i]).isNaN();
                i += type == ElementType.FLOAT16 ? 0x3FE : 0x7E;
            } else {
                assertThat(back.buffer().getShort(2 * i))
                        .isEqualTo(tensor.buffer().getShort(2 * i));
            }
        }
    }

    /** Special values of IEEE 754. */
    @Test
    void halfFloatsFollowTheStandard() {
        Tensor halves = Tensor.of(ElementType.FLOAT16, new long[] {5}, new byte[] {
            0x00, 0x3C, (byte) 0xFF, 0x7B, 0x01, 0x00, 0x00, (byte) 0xC0, 0x00, 0x04
        });
        assertThat(halves.floats()).containsExactly(1f, 65504f, 0x1p-24f, -2f, 0x1p-14f);
    }

    @Test
    void packedIntegersKeepTheirSign() {
        Tensor wide = Tensor.vector(-8, 7, -1, 3, 100, -100);
        assertThat(wide.to(ElementType.INT4).longs()).containsExactly(-8, 7, -1, 3, 7, -8);
        assertThat(wide.to(ElementType.INT2).longs()).containsExactly(-2, 1, -1, 1, 1, -2);
        assertThat(wide.to(ElementType.UINT4).longs()).containsExactly(0, 7, 0, 3, 15, 0);
        assertThat(wide.to(ElementType.UINT2).longs()).containsExactly(0, 3, 0, 3, 3, 0);
        // Two elements per byte, the first in the low half, as in ONNX.
        assertThat(wide.to(ElementType.INT4).buffer().get(0)).isEqualTo((byte) 0x78);
        assertThat(ElementType.INT4.bytes(5)).isEqualTo(3);
    }

    @Test
    void integersSaturate() {
        assertThat(Tensor.vector(300, -300).to(ElementType.UINT8).longs()).containsExactly(255, 0);
        assertThat(Tensor.vector(300, -300).to(ElementType.INT8).longs()).containsExactly(127, -128);
        assertThat(Tensor.vector(Long.MAX_VALUE, -1).to(ElementType.UINT32).longs())
                .containsExactly(0xFFFFFFFFL, 0);
        Tensor large = Tensor.of(ElementType.UINT64, new long[] {1}, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
        assertThat(large.to(ElementType.UINT8).longs()).containsExactly(255);
        assertThat(large.to(ElementType.INT64).longs()).containsExactly(Long.MAX_VALUE);
        assertThat(large.doubles()).containsExactly(0x1p64);
        assertThat(Tensor.vector(-1).to(ElementType.UINT64).longs()).containsExactly(0);
        assertThat(Tensor.ofDoubles(new double[] {0x1p64, 0x1p63, -1}, 3)
                        .to(ElementType.UINT64)
                        .longs())
                .containsExactly(-1, Long.MIN_VALUE, 0);
    }

    @Test
    void booleansAreZeroAndOne() {
        assertThat(Tensor.vector(0, 5, -1).to(ElementType.BOOL).longs()).containsExactly(0, 1, 1);
        assertThat(Tensor.ofBools(new boolean[] {true, false}, 2).floats()).containsExactly(1f, 0f);
    }

    @Test
    void typesAreFoundByNumberAndName() {
        for (ElementType type : ElementType.values()) {
            assertThat(ElementType.ofOnnx(type.onnx())).isEqualTo(type);
            assertThat(ElementType.named(type.toString())).isEqualTo(type);
        }
        assertThat(ElementType.named("seq(tensor(float))")).isNull();
        assertThatThrownBy(() -> ElementType.ofOnnx(99)).isInstanceOf(HoneException.class);
    }
}
