package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that cannot be right are refused before images are decoded. */
class ChecksFirstTest {
    private static TrainOptions options(Path folder, String name, String value) {
        Map<String, Object> values = new HashMap<>(Map.of(
                "data",
                Surfaces.data(),
                "output",
                folder.resolve("m.onnx"),
                "cache",
                folder.resolve("cache"),
                "epochs",
                "1"));
        values.put(name, value);
        return Options.of(TrainOptions.class).build(values);
    }

    @ParameterizedTest
    @CsvSource({
        "epochs, -3, expected 1 or more",
        "device, gpu, cpu",
        "device, cuda:x, cpu",
        "learning-rate, nan, more than 0",
        "learning-rate, 0, more than 0",
        "learning-rate, inf, not a finite number",
        "minutes, inf, not a finite number",
        "width, 0, more than 0",
        "depth, -1, more than 0",
        "size, big, expected pixels",
        "architecture, resnet19, did you mean",
        "optimizer, adamx, did you mean 'adam'"
    })
    void valuesAreCheckedWhenOptionsAreBuilt(String name, String value, String message, @TempDir Path folder) {
        assertThatThrownBy(() -> options(folder, name, value))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"freeze, foo*, matches no weight", "from, nosuch.onnx, no such file", "good, goood, did you mean 'good'"
    })
    void dataAndWeightsAreCheckedBeforeImagesAreDecoded(
            String name, String value, String message, @TempDir Path folder) {
        assertThatThrownBy(() -> TrainJob.run(options(folder, name, value), Progress.NONE))
                .hasMessageContaining(message);
        assertThat(folder.resolve("cache")).doesNotExist();
    }

    @Test
    void abbreviationsAreRecognized() {
        assertThat(dev.hone.core.text.NearestName.hint("--lr", java.util.List.of("--blur", "--learning-rate")))
                .contains("--learning-rate");
        assertThat(dev.hone.core.text.NearestName.hint("foo", java.util.List.of("job", "age")))
                .isEmpty();
    }
}
