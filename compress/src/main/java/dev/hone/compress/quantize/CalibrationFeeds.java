package dev.hone.compress.quantize;

import dev.hone.runtime.NativeTensor;
import java.util.Map;
import java.util.function.Consumer;

/** Like {@link CalibrationData}, for a model with any number of inputs. */
@FunctionalInterface
public interface CalibrationFeeds {
    /** Hands each batch, by input name, to the consumer, which does not keep it; whoever made it closes it. */
    void forEachBatch(Consumer<Map<String, NativeTensor>> consumer);

    /** Data for the only input of a model. */
    static CalibrationFeeds of(String input, CalibrationData data) {
        return consumer -> data.forEachBatch(batch -> consumer.accept(Map.of(input, batch)));
    }
}
