package dev.hone.compress;

import dev.hone.runtime.NativeTensor;
import java.util.List;
import java.util.function.Consumer;

/**
 * Images that show which values activations take: a few dozen to a few hundred, as the model will see them in use. They
 * are streamed, one batch in memory at a time.
 */
@FunctionalInterface
public interface CalibrationData {
    /**
     * Hands each batch to the consumer, which does not keep it. The tensors have the type and shape of the model's input,
     * their first axis counting images; whoever made them closes them.
     */
    void forEachBatch(Consumer<NativeTensor> consumer);

    static CalibrationData of(List<NativeTensor> batches) {
        return batches::forEach;
    }
}
