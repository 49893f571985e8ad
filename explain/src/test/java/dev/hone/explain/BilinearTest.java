package dev.hone.explain;

import static dev.hone.explain.Vectors.assertClose;

import org.junit.jupiter.api.Test;

/** Against PyTorch. */
class BilinearTest {
    @Test
    void enlargesAsPyTorchDoes() {
        float[] small = Vectors.of("rollout").floats();
        assertClose(
                Bilinear.resized(small, 4, 3, 16, 12), Vectors.of("bilinear").floats(), 1e-5);
    }
}
