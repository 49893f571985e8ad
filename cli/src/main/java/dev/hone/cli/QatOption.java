package dev.hone.cli;

import dev.hone.compress.qat.QuantizationAwareTraining;
import dev.hone.compress.qat.QuantizationAwareTraining.Outcome;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.core.HoneException;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.jobs.Json;
import dev.hone.jobs.train.TrainingNews;
import dev.hone.model.Classifier;
import dev.hone.model.ImageInput;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.loop.Plan;
import dev.hone.train.loop.Schedule;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.step.Optimizer;
import dev.hone.train.step.StepOptions;
import dev.hone.vision.augment.Augmentation;
import dev.hone.vision.store.ImageBatches;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** How a quantized model is trained with its rounding in place. */
final class QatOption {
    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training images for --method qat (default: 5, or as many as fit into "
                    + "--minutes).")
    Integer epochs;

    @Option(names = "--minutes", paramLabel = "M", description = "Time limit of training for --method qat.")
    double minutes;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Highest learning rate for --method qat (default: ${DEFAULT-VALUE}).")
    double rate = 1e-4;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Images per training step for --method qat (default: ${DEFAULT-VALUE}).")
    int batch = 32;

    @Option(
            names = "--teacher",
            paramLabel = "SHARE",
            description = "How much of what --method qat learns are the float model's verdicts, the rest being the "
                    + "labels (default: ${DEFAULT-VALUE}).")
    double teacher = 0.9;

    /** Finds what is out of range before any long work. */
    void check() {
        require(epochs == null || epochs >= 1, "--epochs " + epochs, "1 or more");
        require(minutes >= 0, "--minutes " + minutes, "0 (no limit) or more");
        require(rate > 0, "--rate " + rate, "more than 0");
        require(batch >= 2, "--batch " + batch, "2 or more");
        require(teacher >= 0 && teacher <= 1, "--teacher " + teacher, "a share from 0 to 1");
    }

    private static void require(boolean holds, String found, String expected) {
        if (!holds) {
            throw new HoneException(found + ", expected " + expected);
        }
    }

    /** The data that are learned from; what does not fit is found before any long work. */
    static DataSet taught(Classifier classifier, DataOption dataOption, Path data, Path model) {
        ImageInput input = classifier.input();
        if (input.card() == null) {
            throw new HoneException(
                    model + " was not made by Hone and says nothing of its classes, so that it cannot be "
                            + "trained; fine-tune it with 'hone train --from' first");
        }
        DataSet set = dataOption.dividedFor(data, input).withClasses(input.labels());
        requireTwo(set);
        return set;
    }

    private static void requireTwo(DataSet set) {
        int training = set.indices(Split.TRAIN).length;
        if (training < 2) {
            throw new HoneException(set.root() + " has " + training + " training images, expected 2 or more");
        }
    }

    /**
     * Trains on the training images and chooses the epoch on the validation images.
     *
     * @param taught as {@link #taught} makes it
     */
    Outcome train(
            QuantizationResult start,
            Classifier classifier,
            DataOption dataOption,
            DataSet taught,
            SessionOptions session) {
        ImageInput input = classifier.input();
        ImageStore store = dataOption.store(taught, input.form());
        // Without the files that cannot be decoded.
        DataSet set = store.dataSet();
        requireTwo(set);
        int[] training = set.indices(Split.TRAIN);
        int size = Math.min(batch, training.length);
        ImageBatches batches = ImageBatches.of(store, training, size)
                .shuffled(input.seed())
                .augmented(Augmentation.INSPECTION)
                .droppingLast();
        ImageBatches judged = ImageBatches.of(store, set.indices(Split.VALIDATION), 32);
        try (ConsoleProgress progress = new ConsoleProgress()) {
            return QuantizationAwareTraining.train(
                    start,
                    StepOptions.of(size, new CrossEntropy(), new Optimizer.Adam(0)),
                    plan(input.seed()),
                    teacher,
                    batches,
                    judged.indices().length == 0 ? null : judged,
                    set.classes(),
                    session,
                    new TrainingNews(progress, "images"));
        }
    }

    private Plan plan(long seed) {
        int most = epochs != null ? epochs : minutes > 0 ? 1000 : 5;
        return Plan.of(most, rate)
                .withSchedule(new Schedule.WarmupCosine(rate, 0.06, 0))
                .withMinutes(minutes)
                .withAverageDecay(0.98)
                .withSeed(seed);
    }

    static Map<String, Object> document(Outcome outcome) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("epochs", outcome.history().epochs().size());
        map.put("macroF1Before", Json.round(outcome.before(), 6));
        map.put("macroF1After", Json.round(outcome.after(), 6));
        map.put("trained", outcome.trained());
        return map;
    }
}
