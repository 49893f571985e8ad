package dev.hone.compress.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Against {@code gptq.py}, written from the paper without regard to speed; the inputs are more than a tile. */
class GptqTest {
    private static final int INPUTS = 176;
    private static final int OUTPUTS = 6;

    private static ByteBuffer read(String name) throws IOException {
        try (InputStream in = GptqTest.class.getResourceAsStream("/gptq/" + name)) {
            return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** X^T X of the inputs. */
    private static double[] products() throws IOException {
        ByteBuffer x = read("inputs.bin");
        double[] products = new double[INPUTS * INPUTS];
        for (int row = 0; row < x.capacity() / 4; row += INPUTS) {
            for (int i = 0; i < INPUTS; i++) {
                for (int j = 0; j < INPUTS; j++) {
                    products[i * INPUTS + j] += (double) x.getFloat(4 * (row + i)) * x.getFloat(4 * (row + j));
                }
            }
        }
        return products;
    }

    @Test
    void roundsAsThePaperDoes() throws IOException {
        double[] products = products();
        ByteBuffer rounded = read("rounded.bin");
        double[][] weights = new double[OUTPUTS][INPUTS];
        ByteBuffer w = read("weights.bin");
        for (int i = 0; i < OUTPUTS * INPUTS; i++) {
            weights[i / INPUTS][i % INPUTS] = w.getFloat(4 * i);
        }
        int[] seen = {0};
        WeightOptions options = WeightOptions.ofBits(4).withRounding(Rounding.GPTQ);
        new Gptq(products, INPUTS, options).round(weights, (output, block, found, count) -> {
            for (int i = 0; i < count; i++) {
                double expected = rounded.getDouble(8 * (output * INPUTS + block * 32 + i));
                assertThat((double) found.value(i)).isCloseTo(expected, within(1e-6));
                seen[0]++;
            }
        });
        assertThat(seen[0]).isEqualTo(OUTPUTS * INPUTS);
    }
}
