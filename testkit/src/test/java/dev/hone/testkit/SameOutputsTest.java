package dev.hone.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SameOutputsTest {
    private static byte[] model(String name) {
        try (var in = SameOutputsTest.class.getResourceAsStream("/" + name + ".onnx")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void acceptsTheSameFunctionInAnotherForm() {
        assertThatCode(() -> SameOutputs.check(model("tanh"), model("tanh-by-sigmoid"), 1, 1e-5))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "tanh, tanh-doubled, y (float[2;3]) differs by",
        "tanh, tanh-other-flag, flag (int64[2]) differs",
        "tanh, not-a-number, y (float[2;3]) differs by NaN",
        "not-a-number, tanh, y (float[2;3])",
        "zeros, zeros, is all zeros",
    })
    void rejects(String expected, String actual, String message) {
        assertThatThrownBy(() -> SameOutputs.check(model(expected), model(actual), 4, 0.1))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(message.replace(';', ','));
    }

    @Test
    void rejectsInvalidTolerances() {
        for (double tolerance : new double[] {0, 0.5, Double.NaN}) {
            assertThatThrownBy(() -> SameOutputs.check(model("tanh"), model("tanh"), 1, tolerance))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
