package dev.hone.benchmarks;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.model.Classifier;
import dev.hone.model.metric.Confusion;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.loop.Evaluator;
import dev.hone.vision.store.ImageBatches;
import dev.hone.vision.store.ImageStore;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The recall of a class with few training images beside classes of many, on synthetic surfaces: with the defaults, without
 * re-sampling, with logit adjustment alone and with both.
 *
 * <p>Its argument is {@code FOLDER:EPOCHS[:MANY:FEW]}: where the images are made, unless they are there, the length of
 * training, images of the many classes (500) and of the rare one (5). There are 100 test images of each class.
 */
final class RareClass {
    private static final String RARE = "scratch";
    private static final int SIZE = 128;
    private static final int HELD_OUT = 100;

    private static final List<String> PARTS =
            List.of(AblationParts.BASE, "no-resampling", "logit-adjustment", "both-for-balance");

    private RareClass() {}

    static void run(String argument) throws IOException {
        String[] words = argument.split(":");
        if (words.length != 2 && words.length != 4) {
            throw new HoneException(argument + ": expected FOLDER:EPOCHS or FOLDER:EPOCHS:MANY:FEW");
        }
        Path folder = Path.of(words[0]);
        int many = words.length == 4 ? Integer.parseInt(words[2]) : 500;
        int few = words.length == 4 ? Integer.parseInt(words[3]) : 5;
        if (!Files.exists(folder)) {
            new SyntheticSurfaces(SIZE, many, Math.min(HELD_OUT, many / 5), Math.min(HELD_OUT, many), 1).write(folder);
            remove(folder.resolve("train").resolve(RARE), few);
            // Validation as rare as training: at least one image.
            remove(folder.resolve("val").resolve(RARE), Math.max(1, few / 5));
        }
        System.out.println(
                "| part | options | recall of " + RARE + " (" + few + " of " + many + " images) | mean recall |");
        System.out.println("| --- | --- | --- | --- |");
        for (String part : PARTS) {
            double[] recall = recall(folder, part, words[1]);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.3f | %.3f |%n",
                    part,
                    AblationParts.command(part),
                    recall[0],
                    recall[1]);
        }
    }

    /** Leaves the first files. */
    private static void remove(Path folder, int left) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().skip(left).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Of the rare class, and the mean over all classes, on the test images. */
    private static double[] recall(Path folder, String part, String epochs) throws IOException {
        Path work = Files.createTempDirectory("rare");
        Path file = work.resolve("model.onnx");
        Map<String, Object> values = new HashMap<>(AblationParts.options(part));
        values.put("data", folder);
        values.put("output", file);
        values.put("epochs", epochs);
        values.put("no-history", true);
        TrainJob.run(Options.of(TrainOptions.class).build(values), Progress.NONE);
        DataSet set = DataSet.open(folder);
        try (Classifier classifier = Classifier.open(file)) {
            ImageStore store = ImageStore.open(set, classifier.form(), null, done -> {});
            Confusion confusion = Evaluator.evaluate(
                            OnnxReader.read(file),
                            ImageBatches.of(store, set.indices(Split.TEST), 32),
                            set.classes(),
                            SessionOptions.defaults())
                    .confusion();
            return new double[] {confusion.recall(set.classes().indexOf(RARE)), confusion.balancedAccuracy()};
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(Path.of(file + ".checkpoint"));
            Files.delete(work);
        }
    }
}
