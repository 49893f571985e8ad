package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.jobs.bench.BenchJob;
import dev.hone.jobs.bench.BenchOptions;
import dev.hone.jobs.bench.BenchResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchMemoryTest {
    @Test
    void aModelAndItsCopyTakeTheSameMemory(@TempDir Path folder) throws Exception {
        Path copy = Files.copy(Surfaces.model(), folder.resolve("copy.onnx"));
        BenchResult result = BenchJob.run(
                Options.of(BenchOptions.class)
                        .build(Map.of("model", Surfaces.model(), "against", copy, "seconds", "0.05")),
                Progress.NONE);
        double ratio = result.against().memory() / result.model().memory();
        assertThat(result.model().memory()).isPositive();
        assertThat(ratio).isBetween(0.6, 1.6);
    }
}
