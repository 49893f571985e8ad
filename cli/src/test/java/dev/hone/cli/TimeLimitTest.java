package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.jobs.train.TimeLimit;
import org.junit.jupiter.api.Test;

/** What is said at the end of training that a time limit cut short. */
class TimeLimitTest {
    @Test
    void saysWhatWasLeftOutAndWhatToDo() {
        assertThat(TrainCommand.cutShort(new TimeLimit(3, 6, 15)))
                .isEqualTo(
                        "note: trained 6 of 15 planned epochs in the 3 minutes given; other work slowed the machine, and "
                                + "the model has not finished learning; run it again on an idle machine, or with --minutes 8");
        assertThat(new TimeLimit(1, 1, 3).text()).contains("in the minute given");
        assertThat(new TimeLimit(0.5, 2, 3).text()).contains("in the 0.5 minutes given");
        assertThat(new TimeLimit(0.5, 2, 3).minutesNeeded()).isEqualTo(1);
    }
}
