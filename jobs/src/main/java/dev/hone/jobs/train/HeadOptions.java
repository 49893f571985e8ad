package dev.hone.jobs.train;

import dev.hone.core.option.Setting;
import dev.hone.train.head.HeadKind;

/** Which classifier is fitted to the features of a pretrained network. */
public record HeadOptions(
        @Setting(
                help = "Fit this head to the features of the backbone, which takes seconds, and train no further unless"
                        + " epochs or a time limit are given.",
                label = "HEAD",
                defText = "linear or svm, by cross-validation",
                group = "Network")
        HeadKind head) {}
