package dev.hone.cli;

import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.jobs.Json;
import dev.hone.jobs.Outputs;
import dev.hone.model.Cards;
import dev.hone.model.GoodClass;
import dev.hone.model.ModelCard;
import dev.hone.model.Provenance;
import dev.hone.runtime.Session;
import dev.hone.train.loop.History;
import dev.hone.train.loop.Plan;
import dev.hone.train.loop.Trainer;
import dev.hone.train.step.StepOptions;
import dev.hone.vision.store.ImageBatches;
import dev.hone.vision.store.ImageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "train",
        header = "Learns to tell the classes of DATA apart; keeps the model that is best on images set aside.",
        description = {
            "",
            "Without options: a small residual network, its size and colours taken from the images, varied images, the "
                    + "best epoch by macro F1 on validation images. Where DATA does not say which images are for "
                    + "validation and test, some of each class are set aside, the same ones for the same seed.",
            "",
            "Ctrl-C writes a checkpoint; the same command goes on from there, to the same weights.",
            "",
            "Examples:",
            "  hone train photos -o model.onnx",
            "  hone train photos -o model.onnx --minutes 40            as many epochs as fit",
            "  hone train split.csv -o model.onnx --architecture mobilenetv3-small --size 224",
            "  hone train photos -o model.onnx --from other.onnx --freeze 'stem.*,layer2.*'",
            ""
        },
        sortOptions = false)
final class TrainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DATA", description = "A folder with a folder per class, or a CSV.")
    private Path data;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where the model goes.")
    private Path output;

    @Option(names = "--seed", paramLabel = "N", description = "The one seed of everything (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--restart", description = "Start anew even if there is a checkpoint.")
    private boolean restart;

    @Option(
            names = "--good",
            paramLabel = "CLASS",
            description = "The class of parts without a defect, if its name does not say.")
    private String good;

    @Option(names = "--json", description = "Print one JSON document at the end.")
    private boolean json;

    @Mixin
    private NetworkOption network = new NetworkOption();

    @Mixin
    private LearningOption learning = new LearningOption();

    @Mixin
    private AugmentOption augment = new AugmentOption();

    @Mixin
    private DataOption dataOption = new DataOption();

    @Mixin
    private SessionOption session = new SessionOption();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Trained trained = run();
        if (json) {
            System.out.println(Json.document(trained.document));
        }
        return trained.finished ? 0 : 130;
    }

    /** @param finished whether training came to its end */
    record Trained(boolean finished, Map<String, Object> document) {}

    private Trained run() throws IOException {
        long began = System.nanoTime();
        Outputs.requireWritable(output, data, network.from);
        learning.check();
        augment.augmentation();
        DataSet set = DataOption.divided(dataOption.open(data), seed);
        set.requireTrainable();
        GoodClass.index(set.classes(), good);
        ImageStore.Form form = network.form(set);
        ImageStore store = dataOption.store(set, form);
        set = store.dataSet();
        set.requireTrainable();
        set.balanceNotices().forEach(notice -> System.err.println("note: " + notice));
        set.revision().notices().forEach(notice -> System.err.println("note: " + notice));
        int[] training = set.indices(Split.TRAIN);
        int[] validation = set.indices(Split.VALIDATION);
        System.err.printf(
                "%d training, %d validation, %d test images of %d classes, %d x %d %s%n",
                training.length,
                validation.length,
                set.indices(Split.TEST).length,
                set.classes().size(),
                form.width(),
                form.height(),
                form.channels() == 1 ? "grey" : "colour");
        Model start = network.build(set.classes(), form, store, training, seed);
        int batch = Math.min(learning.batch, Math.max(2, training.length));
        StepOptions options = learning.stepOptions(batch, set, training, network.frozen(start));
        Path checkpoint = output.resolveSibling(output.getFileName() + ".checkpoint");
        if (restart) {
            Files.deleteIfExists(checkpoint);
        }
        Plan plan = learning.plan(seed, checkpoint);
        ImageBatches batches = ImageBatches.of(store, training, batch)
                .shuffled(seed)
                .augmented(augment.augmentation())
                .balanced(learning.balance)
                .droppingLast();
        ImageBatches judged = ImageBatches.of(store, validation, 32);
        Trainer.Outcome outcome = train(start, options, plan, set, batches, judged, checkpoint);
        if (outcome.finished()) {
            Files.deleteIfExists(checkpoint);
        }
        return new Trained(outcome.finished(), document(outcome, set, checkpoint, (System.nanoTime() - began) / 1e9));
    }

    private Map<String, Object> document(Trainer.Outcome outcome, DataSet set, Path checkpoint, double seconds) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", output.toString());
        map.put("finished", outcome.finished());
        if (!outcome.finished()) {
            map.put("checkpoint", checkpoint.toString());
        }
        map.put("classes", set.classes());
        map.put("trainingImages", set.indices(Split.TRAIN).length);
        map.put("validationImages", set.indices(Split.VALIDATION).length);
        map.put("testImages", set.indices(Split.TEST).length);
        List<History.Epoch> epochs = outcome.history().epochs();
        map.put("epochs", epochs.size());
        map.put(
                "loss",
                epochs.isEmpty()
                        ? null
                        : Json.round(epochs.get(epochs.size() - 1).loss(), 6));
        History.Epoch best = outcome.history().best();
        if (best != null) {
            map.put("bestEpoch", best.epoch());
            Map<String, Object> validation = new LinkedHashMap<>();
            validation.put("loss", Json.round(best.validationLoss(), 6));
            validation.put("accuracy", Json.round(best.validationAccuracy(), 6));
            validation.put("macroF1", Json.round(best.validationMacroF1(), 6));
            map.put("validation", validation);
        }
        map.put("seconds", Json.round(seconds, 1));
        return map;
    }

    /** Writes the model if training came to its end. */
    private Trainer.Outcome train(
            Model start,
            StepOptions options,
            Plan plan,
            DataSet set,
            ImageBatches batches,
            ImageBatches judged,
            Path checkpoint) {
        try (TrainingProgress progress = new TrainingProgress();
                Trainer trainer = new Trainer(
                        start,
                        options,
                        plan,
                        batches,
                        judged.indices().length == 0 ? null : judged,
                        set.classes(),
                        "data " + set.revision().id() + ", " + network + ", " + augment.augmentation() + ", balance "
                                + learning.balance,
                        session.options(),
                        progress)) {
            Interrupts.onFirst(progress::stop);
            if (Files.exists(checkpoint)) {
                System.err.println("going on from " + checkpoint + " (--restart starts anew)");
            }
            Trainer.Outcome outcome = trainer.run();
            if (!outcome.finished()) {
                System.err.println("stopped; the same command goes on from " + checkpoint);
                return outcome;
            }
            Cards.writeCurves(outcome.model(), outcome.history().curves());
            Cards.writeGroup(outcome.model(), dataOption.group);
            trainer.save(outcome.model(), card(set, batches.store().form(), outcome.history()), output);
            System.err.println(output + ": " + outcome.history().summary());
            return outcome;
        }
    }

    private ModelCard card(DataSet set, ImageStore.Form form, History history) {
        int goodIndex = GoodClass.index(set.classes(), good);
        List<String> arguments =
                spec == null ? List.of() : spec.commandLine().getParseResult().originalArgs();
        return new ModelCard(
                set.classes(),
                form.channels(),
                form.height(),
                form.width(),
                form.mode().name().toLowerCase(Locale.ROOT),
                goodIndex < 0 ? null : set.classes().get(goodIndex),
                Double.NaN,
                new Provenance(
                        set.revision().id(),
                        seed,
                        Hone.Version.number(),
                        "ONNX Runtime " + Session.runtimeVersion() + ", Java "
                                + Runtime.version().feature(),
                        arguments,
                        network.parentSha256(),
                        history.summary(),
                        List.of("train")));
    }

    /** Trains with the defaults, for the demonstration. */
    static Trained train(Path data, Path output, DataOption dataOption, SessionOption session, double minutes)
            throws IOException {
        TrainCommand command = new TrainCommand();
        command.data = data;
        command.output = output;
        command.dataOption = dataOption;
        command.session = session;
        command.restart = true;
        command.learning.minutes = minutes;
        return command.run();
    }
}
