package dev.hone.model.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ProportionTest {
    private static final Offset<Double> CLOSE = Offset.offset(5e-5);

    /** Method 3 of Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I. */
    @Test
    void intervalsOfNewcombesTable() {
        check(81, 263, 0.2553, 0.3662);
        check(15, 148, 0.0624, 0.1605);
        check(0, 20, 0.0000, 0.1611);
        check(1, 29, 0.0061, 0.1718);
    }

    private static void check(long count, long total, double low, double high) {
        Proportion proportion = new Proportion(count, total);
        assertThat(proportion.low()).isCloseTo(low, CLOSE);
        assertThat(proportion.high()).isCloseTo(high, CLOSE);
        Proportion rest = new Proportion(total - count, total);
        assertThat(rest.low()).isCloseTo(1 - high, CLOSE);
        assertThat(rest.high()).isCloseTo(1 - low, CLOSE);
    }

    @Test
    void noneOfNone() {
        assertThat(new Proportion(0, 0)).hasToString("-");
    }

    @Test
    void errorsOfAnInspectionAndOfAlwaysTheLargestClass() {
        Confusion confusion =
                new Confusion(List.of("crack", "good", "spot"), new long[][] {{5, 3, 1}, {2, 40, 0}, {2, 1, 0}});
        assertThat(confusion.escapes(1)).isEqualTo(new Proportion(4, 12));
        assertThat(confusion.overkill(1)).isEqualTo(new Proportion(2, 42));
        assertThat(confusion.accuracyProportion()).isEqualTo(new Proportion(45, 54));
        Confusion constant = confusion.ofLargestClass();
        assertThat(constant.escapes(1)).isEqualTo(new Proportion(12, 12));
        assertThat(constant.overkill(1)).isEqualTo(new Proportion(0, 42));
        assertThat(constant.accuracyProportion()).isEqualTo(new Proportion(42, 54));
        assertThat(confusion.largestClass()).isEqualTo(1);
    }
}
