package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An evaluation decodes the images that it runs, and no others: 48 are for training, 24 for validation, 24 for the test. */
class DecodedImagesTest {
    @TempDir
    private Path folder;

    private List<Long> decoded(Map<String, Object> more) {
        Map<String, Object> values = new HashMap<>(more);
        values.put("model", Surfaces.model());
        values.put("data", Surfaces.data());
        values.put("cache", folder);
        List<Long> counts = new ArrayList<>();
        EvaluateJob.run(Options.of(EvaluateOptions.class).build(values), new Progress() {
            @Override
            public void started(String task, long steps) {
                if (task.equals("decoding")) {
                    counts.add(steps);
                }
            }
        });
        return counts;
    }

    @Test
    void decodesTheSplitThatWasAskedFor() {
        assertThat(decoded(Map.of())).containsExactly(24L);
        assertThat(decoded(Map.of("split", EvaluateOptions.Part.TRAIN))).containsExactly(48L);
        assertThat(decoded(Map.of("split", EvaluateOptions.Part.ALL))).containsExactly(96L);
        assertThat(decoded(Map.of("against", Surfaces.model()))).containsExactly(24L, 24L);
    }

    @Test
    void decodesWhatChoosesAThresholdToo() {
        Map<String, Object> choosing = Map.of("set-threshold", folder.resolve("line.onnx"), "overkill", 1.0);
        assertThat(decoded(choosing)).containsExactly(48L);
    }
}
