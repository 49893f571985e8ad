package dev.hone.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.train.Reference;
import java.util.function.LongToDoubleFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static void matches(LongToDoubleFunction found, String reference) {
        assertThat(LongStream.range(0, 20).mapToDouble(found).toArray())
                .usingComparatorWithPrecision(1e-12)
                .containsExactly(Reference.doubles(reference));
    }

    @Test
    void oneCycleIsPyTorchs() {
        Schedule schedule = new Schedule.OneCycle(0.01);
        matches(step -> schedule.rate(step, 20), "onecycle.rate");
        matches(step -> schedule.momentum(step, 20), "onecycle.momentum");
    }

    @Test
    void warmupAndCosineArePyTorchs() {
        Schedule schedule = new Schedule.WarmupCosine(0.01, 0.25, 0.02);
        matches(step -> schedule.rate(step, 20), "warmupcosine.rate");
        assertThat(schedule.momentum(3, 20)).isNaN();
    }

    @Test
    void shortRunsStayFinite() {
        for (Schedule schedule : new Schedule[] {
            new Schedule.OneCycle(0.1), new Schedule.WarmupCosine(0.1, 0.1, 0), new Schedule.Constant(0.1)
        }) {
            for (long total = 1; total < 6; total++) {
                for (long step = 0; step < total; step++) {
                    assertThat(schedule.rate(step, total)).isBetween(0.0, 0.1);
                }
            }
        }
    }

    @Test
    void refusesRatesThatAreNotPositive() {
        assertThatThrownBy(() -> new Schedule.Constant(0)).isInstanceOf(HoneException.class);
        assertThatThrownBy(() -> new Schedule.OneCycle(Double.NaN)).isInstanceOf(HoneException.class);
    }
}
