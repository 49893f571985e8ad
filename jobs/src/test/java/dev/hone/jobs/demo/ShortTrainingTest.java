package dev.hone.jobs.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShortTrainingTest {
    @Test
    void busyMachinesAreNamed() {
        ShortTraining busy = ShortTraining.of(3, 7920, 0.31);
        assertThat(busy.busy()).isTrue();
        assertThat(busy.minutesNeeded()).isEqualTo(8);
        assertThat(new ShortTraining(3, 7920, 2, 0.31).text())
                .isEqualTo(
                        "trained on 7,920 images, where about 20,000 are needed for a good model; other work slowed the "
                                + "machine (training had 31 % of 2 processors)");
    }

    @Test
    void slowMachinesAreNotCalledBusy() {
        assertThat(new ShortTraining(3, 7920, 2, 0.9).text()).endsWith("; this machine needs more time");
        assertThat(new ShortTraining(3, 7920, 2, Double.NaN).busy()).isFalse();
    }

    @Test
    void enoughIsEnough() {
        assertThat(ShortTraining.of(3, ShortTraining.ENOUGH, 0.1)).isNull();
        assertThat(ShortTraining.of(3, 0, 0.1).minutesNeeded()).isEqualTo(60_000);
    }

    @Test
    void processorTimeIsThatOfTheProcess() {
        ShortTraining.Clock clock = new ShortTraining.Clock();
        double share = 0;
        while (share <= 0) {
            share = clock.share();
        }
        assertThat(share).isLessThan(1.5);
    }
}
