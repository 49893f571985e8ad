package dev.hone.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunIdentityTest {
    private static final String BEFORE =
            "data 1f, NetworkOptions[width=0.25, from=null], balance 0.5 | weights 10, AdamW[weightDecay=0.05], epochs 50";

    private static String now(String part, String other) {
        return BEFORE.replace(part, other);
    }

    @Test
    void onlyWhatDiffersIsNamed() {
        assertThat(RunIdentity.differences(
                        BEFORE, now("width=0.25", "width=0.5").replace("weights 10", "weights 40")))
                .isEqualTo("width 0.25 (this run: 0.5)");
        assertThat(RunIdentity.differences(
                        "samples 64, batch 32, Cosine[peak=0.003]", "samples 80, batch 16, Cosine[peak=0.01]"))
                .isEqualTo("batch 32 (this run: 16), learning rate 0.003 (this run: 0.01)");
        assertThat(RunIdentity.differences("samples 64, batch 32", "samples 80, batch 32"))
                .isEqualTo("samples 64 (this run: 80)");
        assertThat(RunIdentity.differences(BEFORE, now("weightDecay=0.05", "weightDecay=0.1")))
                .isEqualTo("weight decay 0.05 (this run: 0.1)");
        assertThat(RunIdentity.differences(BEFORE, now("from=null", "from=a.onnx")))
                .isEqualTo("from none (this run: a.onnx)");
        assertThat(RunIdentity.differences(BEFORE, now("epochs 50", "minutes 3.0")))
                .isEqualTo("epochs 50 (not in this run), minutes 3.0 (only in this run)");
    }

    @Test
    void aLaterLimitIsALongerRun() {
        assertThat(RunIdentity.isLonger("seed 1, minutes 10.0", "seed 1, minutes 9.5"))
                .isTrue();
        assertThat(RunIdentity.isLonger("seed 1, minutes 9.5", "seed 1, minutes 10.0"))
                .isFalse();
        assertThat(RunIdentity.isLonger("seed 1, minutes 10.0", "seed 2, minutes 9.5"))
                .isFalse();
        assertThat(RunIdentity.isLonger("seed 1, until a deadline", "seed 1, until a deadline"))
                .isFalse();
    }

    @Test
    void moreEpochsAreALongerRun() {
        assertThat(RunIdentity.isLonger(BEFORE, BEFORE)).isFalse();
        assertThat(RunIdentity.isLonger(now("epochs 50", "epochs 60"), BEFORE)).isTrue();
        assertThat(RunIdentity.isLonger(now("epochs 50", "epochs 40"), BEFORE)).isFalse();
        assertThat(RunIdentity.isLonger(now("epochs 50", "minutes 60"), BEFORE)).isFalse();
        assertThat(RunIdentity.isLonger(now("epochs 50", "epochs 60").replace("balance 0.5", "balance 0"), BEFORE))
                .isFalse();
    }
}
