package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.runtime.NativeTensor;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The coalitions that KernelSHAP draws, against the weights of Lundberg and Lee 2017, theorem 2. */
class KernelShapSamplesTest {
    private static final int PLAYERS = 7;
    private static final int PAIRS = 3000;

    private static List<BitSet> drawn() {
        try (NativeTensor black = Vectors.black();
                KernelShap kernel =
                        (KernelShap) Method.KERNEL_SHAP.open(Vectors.classifier(), black, MethodOptions.of(OPTIONS))) {
            return kernel.draw(PLAYERS, PAIRS);
        }
    }

    private static double binomial(int n, int k) {
        double product = 1;
        for (int i = 1; i <= k; i++) {
            product *= (n - k + i) / (double) i;
        }
        return product;
    }

    /** A coalition of size s has the weight (M - 1) / (binomial(M, s) s (M - s)), and there are binomial(M, s) of them. */
    @Test
    void sizesComeUpInProportionToTheirWeight() {
        double[] weights = new double[PLAYERS];
        double all = 0;
        for (int size = 1; size < PLAYERS; size++) {
            double each = (PLAYERS - 1) / (binomial(PLAYERS, size) * size * (PLAYERS - size));
            weights[size] = binomial(PLAYERS, size) * each;
            all += weights[size];
        }
        double[] shares = new double[PLAYERS];
        for (BitSet coalition : drawn()) {
            shares[coalition.cardinality()] += 0.5 / PAIRS;
        }
        for (int size = 1; size < PLAYERS; size++) {
            assertThat(shares[size]).as("size %d", size).isCloseTo(weights[size] / all, within(2.0 / PAIRS));
        }
    }

    @Test
    void everyPlayerIsInHalfOfTheCoalitionsAndEachHasItsComplement() {
        List<BitSet> drawn = drawn();
        int[] times = new int[PLAYERS];
        for (int k = 0; k < drawn.size(); k += 2) {
            BitSet complement = (BitSet) drawn.get(k).clone();
            complement.flip(0, PLAYERS);
            assertThat(drawn.get(k + 1)).isEqualTo(complement);
            drawn.get(k).stream().forEach(p -> times[p]++);
        }
        // Sizes are symmetric about a half; 4 deviations of a fair coin.
        for (int p = 0; p < PLAYERS; p++) {
            assertThat(times[p] / (double) PAIRS).isCloseTo(0.5, within(0.04));
        }
    }
}
