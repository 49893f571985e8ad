package dev.hone.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Time limits on a simulated clock: nothing here waits. */
class TimePaceTest {
    private static final TrainingPlan COSINE = TrainingPlan.of(100_000, 1)
            .withSchedule(new Schedule.WarmupCosine(1, 0.05, 0))
            .withMinutes(10);

    /** A run as {@link Trainer} does it, on a machine whose speed changes. */
    private static final class Simulation {
        private final int stepsPerEpoch;
        private final DoubleUnaryOperator slowness;
        private final TimePace pace;
        private long now = 77_000_000_000L;
        private final long start = now;
        private final List<Double> rates = new ArrayList<>();
        private final List<Double> validations = new ArrayList<>();
        private long steps;
        private int epochs;

        /** @param slowness factor on all durations, by the seconds since the start */
        Simulation(TrainingPlan plan, int stepsPerEpoch, double used, double restart, DoubleUnaryOperator slowness) {
            this.stepsPerEpoch = stepsPerEpoch;
            this.slowness = slowness;
            this.pace = new TimePace(plan, stepsPerEpoch, used, restart, 0, () -> now);
        }

        double seconds() {
            return (now - start) / 1e9;
        }

        private double work(double seconds) {
            long before = now;
            // In small parts, so that a change of speed in the middle counts.
            for (int i = 0; i < 100; i++) {
                now += (long) (seconds / 100 * slowness.applyAsDouble(seconds()) * 1e9);
            }
            return (now - before) / 1e9;
        }

        Simulation run(double step, double validation, double saving) {
            pace.expect(step, validation, saving);
            work(3 * step + Math.min(15, validation) + saving);
            while (epochs == 0 || !pace.isOver()) {
                for (int i = 0; i < stepsPerEpoch; i++) {
                    rates.add(pace.rate(steps));
                    pace.stepped(work(step));
                    steps++;
                    if (pace.isOver()) {
                        break;
                    }
                }
                epochs++;
                if (pace.validates(epochs, pace.isOver())) {
                    pace.validated(work(validation));
                    validations.add(seconds());
                    if (!pace.isOver()) {
                        pace.saved(work(saving));
                    }
                }
            }
            work(saving);
            return this;
        }

        double lastRate() {
            return rates.get(rates.size() - 1);
        }
    }

    private static Simulation run(int stepsPerEpoch, DoubleUnaryOperator slowness, double validation, double saving) {
        return new Simulation(COSINE, stepsPerEpoch, 0, 0, slowness).run(0.5, validation, saving);
    }

    private static void kept(Simulation run) {
        assertThat(run.seconds()).isBetween(0.95 * 600, 1.02 * 600);
        assertThat(run.lastRate()).isLessThan(0.01);
        assertThat(run.rates.stream().mapToDouble(r -> r).max().orElseThrow()).isGreaterThan(0.99);
    }

    @Test
    void theScheduleEndsWithTheTime() {
        Simulation run = run(50, t -> 1, 2, 1);
        kept(run);
        assertThat(run.validations.size()).isBetween(15, 22);
        assertThat(run.validations.get(0)).as("the first model is early").isLessThan(40);
    }

    @Test
    void anEpochLongerThanTheLimitIsCutShort() {
        Simulation run = run(100_000, t -> 1, 10, 3);
        kept(run);
        assertThat(run.epochs).isEqualTo(1);
        assertThat(run.validations).hasSize(1);
    }

    @Test
    void otherWorkInTheMiddleDoesNotMoveTheEnd() {
        kept(run(50, t -> t > 300 ? 3 : 1, 4, 1));
        kept(run(50, t -> t > 200 && t < 400 ? 5 : 1, 4, 1));
        kept(run(100_000, t -> t > 300 ? 3 : 1, 4, 1));
        // Slow from the first measurement on, and then not.
        kept(run(50, t -> t < 100 ? 4 : 1, 4, 1));
    }

    @Test
    void validationsThatTakeLongAreRare() {
        Simulation run = run(10, t -> 1, 40, 1);
        assertThat(run.seconds()).isLessThan(1.02 * 600);
        assertThat(run.validations.size()).isBetween(2, 4);
        // Longer than half the limit: half of it is for training nevertheless, and the model is validated once.
        Simulation slow = run(10, t -> 1, 400, 1);
        assertThat(slow.validations).hasSize(1);
        assertThat(slow.steps).isGreaterThan(1);
    }

    @Test
    void aContinuedRunUsesWhatIsLeft() {
        Simulation resumed = new Simulation(COSINE, 50, 400, 0, t -> 1).run(0.5, 2, 1);
        assertThat(resumed.seconds()).isBetween(185.0, 204.0);
        assertThat(resumed.rates.get(0)).isLessThan(0.4);
        assertThat(resumed.lastRate()).isLessThan(0.01);
        // A finished one of 300 seconds: from nothing up to the longer schedule's rate.
        Simulation longer = new Simulation(COSINE, 50, 300, 300, t -> 1).run(0.5, 2, 1);
        assertThat(longer.seconds()).isBetween(285.0, 306.0);
        assertThat(longer.rates.get(0)).isLessThan(0.25);
        assertThat(longer.rates.stream().mapToDouble(r -> r).max().orElseThrow())
                .isCloseTo(0.5, within(0.06));
        assertThat(longer.lastRate()).isLessThan(0.01);
    }

    @Test
    void theMostEpochsEndItEarlier() {
        TrainingPlan plan = new TrainingPlan(4, 10, null, COSINE.schedule(), 0.9, 0, 20, 0, null, List.of());
        TimePace pace = new TimePace(plan, 10, 0, 0, 0, System::nanoTime);
        pace.expect(0.1, 0, 0);
        assertThat(pace.epochs()).isEqualTo(4);
        assertThat(pace.rate(39)).isLessThan(0.01);
    }

    @Test
    void epochsAreEstimated() {
        TimePace pace = new TimePace(COSINE, 100, 0, 0, 0, () -> 0);
        pace.expect(1, 0, 0);
        assertThat(pace.epochs()).isEqualTo(6);
        assertThat(pace.used()).isZero();
        // Twenty validations of 5 seconds, of which one is at the end; and models are written.
        pace.expect(1, 5, 0);
        assertThat(pace.epochs()).isEqualTo(6);
        pace.expect(0.1, 5, 0);
        assertThat(pace.epochs()).isBetween(45, 50);
    }
}
