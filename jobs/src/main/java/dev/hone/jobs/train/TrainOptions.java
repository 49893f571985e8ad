package dev.hone.jobs.train;

import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.core.text.NearestName;
import dev.hone.jobs.DataOptions;
import dev.hone.jobs.RunOptions;
import dev.hone.jobs.runs.HistoryOptions;
import dev.hone.train.head.HeadKind;
import dev.hone.train.network.Networks;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What is trained, on which data, and where the model goes. */
public record TrainOptions(
        @Setting(
                help = "A folder with a folder per class, a CSV of paths and labels, or a table as CSV.",
                label = "DATA",
                positional = true,
                required = true)
        Path data,

        @Setting(
                help = "File to write the model to.",
                label = "FILE",
                letter = "o",
                required = true,
                writes = {"", ".checkpoint", ".candidates", ".fine-tuned.checkpoint", ".from-scratch.checkpoint"})
        Path output,

        @Setting(
                help = "Random seed of the split, the initial weights, the order of images, augmentation and dropout.",
                label = "N",
                def = "1")
        long seed,

        @Setting(help = "Ignore an existing checkpoint and start from scratch.")
        boolean restart,

        @Setting(
                help = "The class of parts without a defect.",
                label = "CLASS",
                defText = "the class whose name says so, such as good or ok")
        String good,

        ColumnOptions table,
        DataOptions dataOptions,
        NetworkOptions network,
        HeadOptions head,
        LearningOptions learning,
        AugmentationOptions augmentation,
        HistoryOptions history,
        RunOptions run) {

    /**
     * @throws OptionException if there is no such network for images, or for tables where a target is given, or if a head is
     *     asked for where there is no pretrained network
     */
    public TrainOptions {
        List<String> known = table.target() != null ? Networks.rowNames() : Networks.names();
        String architecture = network.architecture();
        if (architecture != null && !known.contains(architecture)) {
            throw new OptionException(
                    "architecture",
                    "'" + architecture + "' is not one of " + String.join(", ", known)
                            + NearestName.hint(architecture, known));
        }
        if (head.head() != null && (architecture != null || network.from() != null || table.target() != null)) {
            throw new OptionException(
                    "head",
                    "a head is fitted to features of a pretrained network, not of "
                            + (table.target() != null
                                    ? "rows of a table"
                                    : network.from() != null ? network.from() : architecture)
                            + "; leave one of the two out");
        }
    }

    /** All defaults. */
    public static TrainOptions of(Path data, Path output) {
        return Options.of(TrainOptions.class).build(Map.of("data", data, "output", output));
    }

    /** Train on a table. */
    public TrainOptions withTable(ColumnOptions value) {
        return with(value, network, head, learning);
    }

    public TrainOptions withMinutes(double minutes) {
        return with(table, network, head, learning.withMinutes(minutes));
    }

    public TrainOptions withEpochs(int epochs) {
        return with(table, network, head, learning.withEpochs(epochs));
    }

    public TrainOptions withNetwork(NetworkOptions value) {
        return with(table, value, head, learning);
    }

    public TrainOptions withLearning(LearningOptions value) {
        return with(table, network, head, value);
    }

    public TrainOptions withHead(HeadKind value) {
        return with(table, network, new HeadOptions(value), learning);
    }

    /**
     * Whether the kind of training is left to Hone: heads on features of a pretrained network first, then what time allows.
     * Otherwise one network is trained as asked.
     */
    boolean isOpen() {
        boolean asked = network.architecture() != null
                || network.from() != null
                || learning.epochs() != null
                || network.backbone() == null
                        && (network.width() != 1
                                || network.depth() != 1
                                || !network.freeze().isEmpty());
        return table.target() == null && (head.head() != null || !asked);
    }

    private TrainOptions with(
            ColumnOptions newTable, NetworkOptions newNetwork, HeadOptions newHead, LearningOptions newLearning) {
        return new TrainOptions(
                data,
                output,
                seed,
                restart,
                good,
                newTable,
                dataOptions,
                newNetwork,
                newHead,
                newLearning,
                augmentation,
                history,
                run);
    }
}
