package dev.hone.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FiniteDifferencesTest {
    /** The derivative of exp(x0) sin(x1) is known in closed form. */
    @Test
    void agreesWithTheClosedForm() {
        double[] x = {0.3, 1.1};
        double[] v = FiniteDifferences.randomDirection(2, 5);
        double exact = Math.exp(x[0]) * (Math.sin(x[1]) * v[0] + Math.cos(x[1]) * v[1]);
        double found = FiniteDifferences.along(p -> Math.exp(p[0]) * Math.sin(p[1]), x, v, 1e-2);
        assertThat(found).isCloseTo(exact, within(1e-9));
    }

    @Test
    void directionsHaveLengthOne() {
        double[] v = FiniteDifferences.randomDirection(1000, 3);
        double squares = 0;
        for (double c : v) {
            squares += c * c;
        }
        assertThat(squares).isCloseTo(1, within(1e-12));
        assertThat(v).isNotEqualTo(FiniteDifferences.randomDirection(1000, 4));
    }
}
