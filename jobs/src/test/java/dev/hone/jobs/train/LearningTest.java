package dev.hone.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.step.StepOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LearningTest {
    private static StepOptions step(Map<String, Object> values) {
        LearningOptions options =
                Options.of(LearningOptions.class).build(values).forImages();
        return new Learning(options).step(8, new int[] {500, 5});
    }

    @Test
    void logitsAreAdjustedByTheSharesThatResamplingLeaves() {
        // 500 and 5 images: 0.99 and 0.01; with balance 0.5 the classes are sampled as sqrt(500) to sqrt(5), 10 to 1.
        assertThat(((CrossEntropy) step(Map.of("logit-adjustment", 1.0, "balance", 0.0))
                                .objective())
                        .adjustment())
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly((float) Math.log(500 / 505.0), (float) Math.log(5 / 505.0));
        assertThat(((CrossEntropy) step(Map.of("logit-adjustment", 2.0, "balance", 0.5))
                                .objective())
                        .adjustment())
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly((float) (2 * Math.log(10 / 11.0)), (float) (2 * Math.log(1 / 11.0)));
        assertThat(((CrossEntropy) step(Map.of()).objective()).adjustment()).isNull();
    }

    @Test
    void stochasticDepthReachesTheStep() {
        assertThat(step(Map.of("stochastic-depth", 0.2)).stochasticDepth()).isEqualTo(0.2);
        assertThat(step(Map.of()).stochasticDepth()).isZero();
    }

    @Test
    void adjustmentAndFocalLossDoNotGoTogether() {
        assertThatThrownBy(() -> step(Map.of("logit-adjustment", 1.0, "focal", 2.0)))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("focal loss");
    }
}
