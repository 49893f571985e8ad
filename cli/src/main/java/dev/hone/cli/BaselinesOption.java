package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.explain.Method;
import dev.hone.jobs.explain.BaselineKind;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What explanations compare with. */
final class BaselinesOption {
    @Option(
            names = "--baselines",
            paramLabel = "DATA",
            description =
                    "Where the images to compare with are taken from: a folder with a folder per class, or a CSV. For "
                            + "rows: a CSV, or an .npz, of others.")
    private Path data;

    @Option(
            names = "--baselines-by",
            paramLabel = "KIND",
            description =
                    "sample (default with --baselines): training images at random; classes: the mean image of each "
                            + "class; medoids: training images that stand for all; blurred (default without): the image "
                            + "without its details; black. The last two take nothing from DATA.")
    private BaselineKind by;

    @Option(
            names = "--baseline-count",
            paramLabel = "N",
            description = "Baselines to sample from DATA (default: ${DEFAULT-VALUE}).")
    private int count = 24;

    /** Null where none were given. */
    Path data() {
        return data;
    }

    /** Whether a kind was named. */
    boolean kindGiven() {
        return by != null;
    }

    /** @throws HoneException if there are to be none */
    int count() {
        if (count < 1) {
            throw new HoneException("--baseline-count " + count + ": expected 1 or more baselines");
        }
        return count;
    }

    /** The kind that was asked for, or what is usual. @param explained by these methods */
    BaselineKind by(List<Method> explained) {
        if (by != null) {
            return by;
        }
        return data != null ? BaselineKind.SAMPLE : BaselineKind.withoutData(explained);
    }
}
