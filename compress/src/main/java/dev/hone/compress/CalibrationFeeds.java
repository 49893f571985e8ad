package dev.hone.compress;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.BatchSize;
import dev.hone.runtime.NativeTensor;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Like {@link CalibrationData}, for a model with any number of inputs. */
public abstract class CalibrationFeeds {
    /** Hands each batch, by input name, to the consumer, which does not keep it; whoever made it closes it. */
    public abstract void forEachBatch(Consumer<Map<String, NativeTensor>> consumer);

    /**
     * The same samples in batches of the size that a model takes, where it takes a fixed one, or one at a time where the rows
     * of a batch change each other; what is left over for the last batch is filled up by repeating the last sample.
     *
     * @throws CompressionException if inputs of the model take different numbers of samples
     */
    public CalibrationFeeds fitting(Model model) {
        try {
            BatchSize size = BatchSize.of(model);
            return size.isOpen() ? this : new FittedFeeds(this, size);
        } catch (HoneException e) {
            throw new CompressionException("calibration: " + e.getMessage());
        }
    }

    /** The same batches; before each one the work may be cancelled. */
    CalibrationFeeds cancelledBy(Progress progress) {
        CalibrationFeeds all = this;
        return new CalibrationFeeds() {
            @Override
            public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
                all.forEachBatch(batch -> {
                    progress.checkCancelled();
                    consumer.accept(batch);
                });
            }
        };
    }

    /**
     * @param model has one input, into which the data go
     * @throws CompressionException if it has another number of inputs
     */
    public static CalibrationFeeds of(Model model, CalibrationData data) {
        List<Value> inputs = model.graph().inputs().stream()
                .filter(v -> v.constant() == null)
                .toList();
        if (inputs.size() != 1) {
            throw new CompressionException("the model has " + inputs.size()
                    + " inputs, expected one: calibration data of several inputs need their names");
        }
        return of(inputs.get(0).name(), data);
    }

    /** Data for the only input of a model. */
    public static CalibrationFeeds of(String input, CalibrationData data) {
        return new CalibrationFeeds() {
            @Override
            public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
                data.forEachBatch(batch -> consumer.accept(Map.of(input, batch)));
            }
        };
    }
}
