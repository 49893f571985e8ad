package dev.hone.jobs.quantize;

import dev.hone.compress.AccuracyGoal;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.Metric;
import dev.hone.compress.TrainingData;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.data.Split;
import dev.hone.data.table.TableBatches;
import dev.hone.data.table.TableData;
import dev.hone.graph.Model;
import dev.hone.jobs.Tables;
import dev.hone.jobs.quantize.QuantizeOptions.MetricName;
import dev.hone.model.Feeds;
import dev.hone.model.RowClassifier;
import dev.hone.model.metric.Confusion;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.TensorInfo;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A table: some training rows calibrate, all of them train, validation rows tell the accuracy. */
final class RowData implements CompressionData {
    private static final int BATCH = 32;
    private static final int VALIDATED = 1024;

    private final QuantizeOptions options;
    private final Model model;
    private final RowClassifier classifier;
    private final TableData data;
    private final CalibrationFeeds calibration = new Calibration();
    private Metric metric;

    RowData(QuantizeOptions options, Model model, Progress progress) {
        this.options = options;
        this.model = model;
        this.classifier = new RowClassifier(options.model(), options.run().session());
        try {
            this.data = Tables.dividedFor(options.calibrate(), classifier, options.dataOptions(), progress);
        } catch (RuntimeException e) {
            classifier.close();
            throw e;
        }
    }

    @Override
    public CalibrationFeeds calibration() {
        return calibration;
    }

    /** Some training rows, the same for the same seed. */
    private final class Calibration extends CalibrationFeeds {
        @Override
        public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
            int[] training = data.rows(Split.TRAIN);
            if (training.length == 0) {
                throw new HoneException(
                        options.calibrate() + " has no training rows, and test rows are not used to calibrate");
            }
            List<String> inputs =
                    classifier.session().inputs().stream().map(TensorInfo::name).toList();
            int left = Math.min(options.images(), training.length);
            TableBatches batches =
                    TableBatches.of(data, training, Math.min(BATCH, left)).shuffled(seed());
            try (BatchSource.Stream epoch = batches.epoch(0, 0)) {
                while (epoch.hasNext() && left > 0) {
                    try (Batch batch = epoch.next();
                            Feeds feeds = Feeds.of(batch, inputs)) {
                        consumer.accept(feeds.tensors());
                        left -= batch.size();
                    }
                }
            }
        }
    }

    @Override
    public AccuracyGoal goal() {
        if (options.maxDrop() == null) {
            return null;
        }
        metric = options.metric().needsLabels() ? labelled() : ImageData.fidelity(options, model, calibration);
        return new AccuracyGoal(metric, options.maxDrop());
    }

    private Metric labelled() {
        int[] validation = data.rows(Split.VALIDATION);
        if (validation.length == 0) {
            throw new HoneException(
                    options.calibrate() + " has no validation rows to measure accuracy on; name some with "
                            + "split 'val', or add training rows, of which a part is set aside");
        }
        return made -> {
            try (RowClassifier other = classifier.of(made, options.run().session())) {
                Confusion confusion =
                        other.evaluate(data, validation, "", Progress.NONE).confusion();
                return 100 * (options.metric() == MetricName.F1 ? confusion.macroF1() : confusion.accuracy());
            }
        };
    }

    @Override
    public TrainingData training() {
        int[] training = data.rows(Split.TRAIN);
        if (training.length < 2) {
            throw new HoneException(
                    options.calibrate() + " has " + training.length + " training rows, expected 2 or more");
        }
        return new TrainingData() {
            @Override
            public int samples() {
                return training.length;
            }

            @Override
            public BatchSource training(int batchSize) {
                return TableBatches.of(data, training, batchSize)
                        .shuffled(seed())
                        .droppingLast();
            }

            @Override
            public BatchSource validation() {
                int[] validation = data.rows(Split.VALIDATION);
                return validation.length == 0 ? null : TableBatches.of(data, validation, VALIDATED);
            }

            @Override
            public List<String> labels() {
                return data.classes();
            }
        };
    }

    @Override
    public long seed() {
        return classifier.card().seed();
    }

    @Override
    public void close() {
        if (metric != null) {
            metric.close();
        }
        classifier.close();
    }
}
