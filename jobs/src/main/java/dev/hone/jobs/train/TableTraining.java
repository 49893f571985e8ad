package dev.hone.jobs.train;

import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.data.Split;
import dev.hone.data.table.TableBatches;
import dev.hone.data.table.TableData;
import dev.hone.data.table.TableOptions;
import dev.hone.data.table.TableStatistics;
import dev.hone.graph.Model;
import dev.hone.jobs.Tables;
import dev.hone.model.GoodClass;
import dev.hone.model.InputSpec;
import dev.hone.train.loop.SelectBy;
import dev.hone.train.loop.Trainer;
import dev.hone.train.loop.Validation;
import dev.hone.train.network.Networks;
import dev.hone.train.network.RowNetworkSpec;
import dev.hone.train.step.StepOptions;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/** Trains a classifier of rows of a table. */
final class TableTraining {
    /** Into so many parts of equally many rows a number is cut for its encoding; half as many in a small table. */
    private static final int BINS = 16;

    private static final int SMALL_BLOCKS = 1;
    private static final double SMALL_DROPOUT = 0.5;
    private static final double SMALL_INPUT_DROPOUT = 0.3;

    private static final int VALIDATED = 1024;

    private final TrainOptions options;
    private final Progress progress;

    TableTraining(TrainOptions options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    TrainResult run() {
        long began = System.nanoTime();
        if (options.network().from() != null) {
            throw new OptionException("from", "fine-tuning is for models of images; train on the table without it");
        }
        if (options.network().backbone() != null) {
            throw new OptionException("backbone", "backbones are for images; train on the table without it");
        }
        TableData table = Tables.divided(open(), options.seed());
        table.requireTrainable();
        GoodClass.index(table.classes(), options.good());
        TableData data = table.seenIn(table.rows(Split.TRAIN));
        data.notices().forEach(progress::warning);
        data.balanceNotices().forEach(progress::warning);
        int[] training = data.rows(Split.TRAIN);
        int[] validation = data.rows(Split.VALIDATION);
        int[] test = data.rows(Split.TEST);
        progress.info(String.format(
                Locale.ROOT,
                "%d training, %d validation, %d test rows of %d classes, %d columns of numbers, %d of categories",
                training.length,
                validation.length,
                test.length,
                data.classes().size(),
                data.schema().numbers().size(),
                data.schema().categories().size()));
        Path checkpoint = TrainingRun.checkpoint(options);
        Trainer.Outcome outcome = train(data, training, validation, checkpoint, began);
        return new TrainResult(
                options.output(),
                outcome.finished(),
                checkpoint,
                data.classes(),
                "Rows",
                training.length,
                validation.length,
                test.length,
                outcome.history(),
                TimeLimit.of(options.learning().minutes(), outcome),
                List.of(),
                (System.nanoTime() - began) / 1e9);
    }

    private Trainer.Outcome train(TableData data, int[] training, int[] validation, Path checkpoint, long began) {
        LearningOptions learning = options.learning().forRows(training.length);
        int batch = Math.min(learning.batch(), training.length);
        Learning plans = new Learning(learning);
        Model start = Networks.build(network(data, training));
        StepOptions step = plans.ensembleStep(batch, data.counts(Split.TRAIN));
        TableBatches batches = TableBatches.of(data, training, batch)
                .shuffled(options.seed())
                .balanced(learning.balance())
                .droppingLast();
        InputSpec input = new InputSpec.OfRow(data.schema());
        String identity = options.network() + ", balance " + learning.balance();
        return new TrainingRun(
                        options,
                        data.classes(),
                        input,
                        data.revision(),
                        identity,
                        "rows",
                        null,
                        history -> true,
                        progress)
                .run(
                        start,
                        step,
                        plans.plan(options.seed()).withCheckpoint(checkpoint),
                        batches,
                        validation.length == 0
                                ? null
                                : Validation.classification(
                                        TableBatches.of(data, validation, VALIDATED),
                                        data.classes(),
                                        Tables.isSmall(training.length) ? SelectBy.LAST_EPOCH : SelectBy.LOG_LOSS),
                        began);
    }

    private RowNetworkSpec network(TableData data, int[] training) {
        boolean small = Tables.isSmall(training.length);
        TableStatistics statistics = TableStatistics.of(data, training, small ? BINS / 2 : BINS);
        String name = options.network().architecture();
        RowNetworkSpec spec = RowNetworkSpec.of(name == null ? "mlp" : name, data.schema(), statistics);
        if (small) {
            spec = spec.withSize(spec.width(), SMALL_BLOCKS).withDropout(SMALL_DROPOUT, SMALL_INPUT_DROPOUT);
        }
        return spec.withSize(
                        (int) Math.max(
                                1, Math.round(spec.width() * options.network().width())),
                        (int) Math.ceil(spec.blocks() * options.network().depth()))
                .withSeed(options.seed());
    }

    private TableData open() {
        TableOptions how = TableOptions.of(options.table().target())
                .withCategorical(new HashSet<>(options.table().categorical()))
                .withIgnored(new HashSet<>(options.table().ignore()))
                .withGroup(options.dataOptions().group())
                .withScratch(options.dataOptions().folder());
        return TableData.open(options.data(), how, progress);
    }
}
