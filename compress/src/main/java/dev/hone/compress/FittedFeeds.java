package dev.hone.compress;

import dev.hone.graph.analysis.BatchSize;
import dev.hone.model.BatchParts;
import dev.hone.runtime.NativeTensor;
import java.util.Map;
import java.util.function.Consumer;

/** Samples in batches as a model takes them. Batches that have the right size already are handed on as they are. */
final class FittedFeeds extends CalibrationFeeds {
    private final CalibrationFeeds samples;
    private final BatchSize size;

    FittedFeeds(CalibrationFeeds samples, BatchSize size) {
        this.samples = samples;
        this.size = size;
    }

    @Override
    public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
        samples.forEachBatch(batch -> BatchParts.forEach(size, batch, (part, count) -> consumer.accept(part)));
    }
}
