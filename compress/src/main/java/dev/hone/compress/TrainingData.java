package dev.hone.compress;

import dev.hone.data.BatchSource;
import java.util.List;

/** Labelled batches for compressions that train. */
public interface TrainingData {
    /** How many training samples there are. */
    int samples();

    /** Shuffled, augmented batches, all of this size; at most {@link #samples}. */
    BatchSource training(int batchSize);

    /** In order, as they are; null where there are none. */
    BatchSource validation();

    /** The classes in the order of the model's scores. */
    List<String> labels();
}
