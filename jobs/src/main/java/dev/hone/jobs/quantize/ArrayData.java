package dev.hone.jobs.quantize;

import dev.hone.compress.AccuracyGoal;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.TrainingData;
import dev.hone.compress.quantize.Fidelity;
import dev.hone.core.HoneException;
import dev.hone.core.option.OptionException;
import dev.hone.graph.Model;
import dev.hone.graph.analysis.FixedBatch;
import dev.hone.jobs.NumpyInputs;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Arrays by input name, which have no labels. */
final class ArrayData implements CompressionData {
    private final QuantizeOptions options;
    private final NumpyInputs arrays;
    private final Model model;
    private Fidelity metric;

    ArrayData(QuantizeOptions options, Model model) {
        this.options = options;
        this.model = model;
        if (options.maxDrop() != null && options.metric().needsLabels()) {
            throw new OptionException(
                    "metric",
                    options.metric().name().toLowerCase(java.util.Locale.ROOT)
                            + " needs labelled images, arrays have no labels; choose cosine or snr");
        }
        try {
            this.arrays = new NumpyInputs(options.inputs()).inBatchesOf(FixedBatch.of(model));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CalibrationFeeds calibration() {
        return arrays;
    }

    @Override
    public AccuracyGoal goal() {
        if (options.maxDrop() == null) {
            return null;
        }
        metric = ImageData.fidelity(options, model, arrays);
        return new AccuracyGoal(metric, options.maxDrop());
    }

    @Override
    public TrainingData training() {
        throw new HoneException(
                options.inputs() + " has no labels, which training needs; give labelled images instead");
    }

    @Override
    public long seed() {
        return 1;
    }

    @Override
    public void close() {
        if (metric != null) {
            metric.close();
        }
    }
}
