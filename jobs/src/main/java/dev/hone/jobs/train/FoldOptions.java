package dev.hone.jobs.train;

import dev.hone.core.option.OptionException;
import dev.hone.core.option.Setting;
import java.util.Locale;

/** Cross-validation: how many folds, and what is made of their models. */
public record FoldOptions(
        @Setting(
                help =
                        "Train N models, each validated on another part of the images; images of a group stay together. 0 for"
                                + " one model.",
                label = "N",
                def = "0",
                min = 0,
                max = 100,
                group = "Cross-validation")
        int folds,

        @Setting(
                help =
                        "What becomes of the models: one file that averages them all, one network that learns from them, or the"
                                + " best one.",
                label = "NAME",
                def = "ensemble",
                group = "Cross-validation")
        Then then) {

    /** What is made of the models of the folds. */
    public enum Then {
        /** Their logits averaged in one graph. */
        ENSEMBLE,
        /** One network of the same kind, trained by distillation from the ensemble. */
        DISTIL,
        /** The one with the highest macro F1 on its own validation part. */
        BEST
    }

    /** @throws OptionException if there is one fold, or no fold and something is to become of their models */
    public FoldOptions {
        if (folds == 0 && then != Then.ENSEMBLE) {
            throw new OptionException("then", then.name().toLowerCase(Locale.ROOT) + " needs folds, there are none");
        }
        if (folds == 1) {
            throw new OptionException("folds", "1, expected 0 (one model) or 2 and more");
        }
    }

    /** One model. */
    static FoldOptions none() {
        return new FoldOptions(0, Then.ENSEMBLE);
    }
}
