package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.jobs.quantize.QuantizeJob;
import dev.hone.jobs.quantize.QuantizeOptions;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationFitTest {
    @TempDir
    private Path folder;

    private List<String> notes(Path calibration) {
        List<String> notes = new ArrayList<>();
        QuantizeJob.run(
                Options.of(QuantizeOptions.class)
                        .build(Map.of(
                                "model",
                                Surfaces.model(),
                                "calibrate",
                                calibration,
                                "output",
                                folder.resolve("q.onnx"),
                                "cache",
                                folder.resolve("cache"),
                                "images",
                                "8",
                                "plan",
                                "all")),
                new Progress() {
                    @Override
                    public void warning(String line) {
                        notes.add(line);
                    }
                });
        return notes;
    }

    @Test
    void theTrainingImagesFit() {
        assertThat(notes(Surfaces.data())).noneMatch(note -> note.contains("calibrate with"));
    }

    @Test
    void imagesOfOtherClassesAndOtherBrightnessDoNot() throws Exception {
        Path other = folder.resolve("other");
        for (String name : List.of("cat", "dog")) {
            Path images = Files.createDirectories(other.resolve(name));
            for (int i = 0; i < 4; i++) {
                byte[] black = new byte[64 * 64];
                java.util.Arrays.fill(black, (byte) (name.length() + i));
                ImageFiles.writePng(new Image(1, 64, 64, black), images.resolve(i + ".png"));
            }
        }
        assertThat(notes(other))
                .anyMatch(note -> note.contains("cat, dog") && note.contains("crack"))
                .anyMatch(note -> note.contains("pixels have a mean of"));
    }
}
