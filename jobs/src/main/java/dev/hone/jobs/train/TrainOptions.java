package dev.hone.jobs.train;

import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.core.text.NearestName;
import dev.hone.jobs.DataOptions;
import dev.hone.jobs.RunOptions;
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
                writes = {"", ".checkpoint", ".folds.csv"})
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
        LearningOptions learning,
        AugmentationOptions augmentation,
        FoldOptions folds,
        RunOptions run) {

    /** @throws OptionException if there is no such network for images, or for tables where a target is given */
    public TrainOptions {
        List<String> known = table.target() != null ? Networks.rowNames() : Networks.names();
        String architecture = network.architecture();
        if (architecture != null && !known.contains(architecture)) {
            throw new OptionException(
                    "architecture",
                    "'" + architecture + "' is not one of " + String.join(", ", known)
                            + NearestName.hint(architecture, known));
        }
    }

    /** All defaults. */
    public static TrainOptions of(Path data, Path output) {
        return Options.of(TrainOptions.class).build(Map.of("data", data, "output", output));
    }

    /** Train on a table. */
    public TrainOptions withTable(ColumnOptions value) {
        return new TrainOptions(
                data, output, seed, restart, good, value, dataOptions, network, learning, augmentation, folds, run);
    }

    public TrainOptions withMinutes(double minutes) {
        return with(network, learning.withMinutes(minutes));
    }

    public TrainOptions withEpochs(int epochs) {
        return with(network, learning.withEpochs(epochs));
    }

    public TrainOptions withNetwork(NetworkOptions value) {
        return with(value, learning);
    }

    public TrainOptions withLearning(LearningOptions value) {
        return with(network, value);
    }

    private TrainOptions with(NetworkOptions newNetwork, LearningOptions newLearning) {
        return new TrainOptions(
                data,
                output,
                seed,
                restart,
                good,
                table,
                dataOptions,
                newNetwork,
                newLearning,
                augmentation,
                folds,
                run);
    }

    /** One model of a cross-validation, or what comes of them. */
    TrainOptions forFold(Path file, long foldSeed, double minutes) {
        return new TrainOptions(
                data,
                file,
                foldSeed,
                false,
                good,
                table,
                dataOptions,
                network,
                learning.withMinutes(minutes),
                augmentation,
                FoldOptions.none(),
                run);
    }
}
