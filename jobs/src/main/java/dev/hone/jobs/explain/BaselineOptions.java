package dev.hone.jobs.explain;

import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.explain.Method;
import java.nio.file.Path;
import java.util.List;

/** What explanations compare with. */
public record BaselineOptions(
        @Setting(
                help =
                        "Data that baselines are taken from: a folder with a folder per class, or a CSV that lists images; "
                                + "for rows a CSV or .npz of other rows.",
                label = "DATA",
                group = "Explanation")
        Path baselines,

        @Setting(
                help =
                        "Kind of baselines of images: random training images; the mean image of each class; training images "
                                + "chosen by k-medoids; the blurred image itself; a black image.",
                defText = "sample where baselines are given, else blurred",
                group = "Explanation")
        BaselineKind baselinesBy,

        @Setting(help = "Number of baselines.", label = "N", def = "24", min = 1, group = "Explanation")
        int baselineCount) {
    /**
     * The kind that is asked for, or the default.
     *
     * @param explained by these methods
     * @throws OptionException if it needs data and there are none
     */
    BaselineKind kind(List<Method> explained) {
        if (baselinesBy == null) {
            return baselines != null ? BaselineKind.SAMPLE : BaselineKind.withoutData(explained);
        }
        if (baselinesBy.needsData() && baselines == null) {
            throw new OptionException(
                    "baselines",
                    "expected the data whose training images are the baselines of kind "
                            + Options.kebabCase(baselinesBy.name()) + "; or choose the kind blurred or black");
        }
        return baselinesBy;
    }
}
