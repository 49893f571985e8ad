package dev.hone.jobs.bench;

import dev.hone.jobs.Job;
import dev.hone.jobs.Json;
import dev.hone.runtime.Latency;
import dev.hone.runtime.PairedComparison;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was measured.
 *
 * @param machine the processor
 * @param threads that worked on a run
 * @param batch samples per run
 * @param against the second model, or null
 * @param paired the two models timed in turn, or null
 */
public record BenchResult(
        String machine, int threads, int batch, Measured model, Measured against, PairedComparison paired)
        implements Job.Result {
    /**
     * One model.
     *
     * @param bytes of the file and of the tensors outside of it
     * @param macs for one sample, NaN where a shape is not known
     * @param memory bytes that a process of its own grew by when the model was opened and run once; NaN if unknown
     */
    public record Measured(Path file, long bytes, long parameters, double macs, Latency latency, double memory) {}

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("machine", machine);
        document.put("threads", threads);
        document.put("batch", batch);
        document.put("model", document(model));
        if (against != null) {
            document.put("against", document(against));
            document.put("timeRatio", Json.round(paired.ratio(), 4));
            document.put("timeRatio95", Arrays.asList(Json.round(paired.low(), 4), Json.round(paired.high(), 4)));
        }
        return document;
    }

    private Map<String, Object> document(Measured row) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", row.file.toString());
        map.put("bytes", row.bytes);
        map.put("parameters", row.parameters);
        map.put("macs", Json.count(row.macs));
        map.put("p50", Json.round(row.latency.p50(), 4));
        map.put("p95", Json.round(row.latency.p95(), 4));
        map.put("p99", Json.round(row.latency.p99(), 4));
        map.put("imagesPerSecond", Json.round(row.latency.perSecond(batch), 2));
        map.put("memoryBytes", Double.isNaN(row.memory) ? null : (Object) (long) row.memory);
        return map;
    }
}
