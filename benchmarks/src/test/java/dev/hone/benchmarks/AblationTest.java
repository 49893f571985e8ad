package dev.hone.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.option.Options;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AblationTest {
    private static final String HEADER = "data,part,seed,macroF1,rocAuc,epochs,seconds\n";

    @Test
    void everyPartIsOptionsOfTraining() {
        for (String part : AblationParts.names()) {
            Map<String, Object> values = new HashMap<>(AblationParts.options(part));
            values.put("data", Path.of("data"));
            values.put("output", Path.of("model.onnx"));
            TrainOptions options = Options.of(TrainOptions.class).build(values);
            TrainOptions defaults = TrainOptions.of(Path.of("data"), Path.of("model.onnx"));
            if (!part.equals(AblationParts.BASE)) {
                assertThat(options).as(part).isNotEqualTo(defaults);
            }
        }
        assertThatThrownBy(() -> AblationParts.options("luck")).hasMessageContaining("unknown part 'luck'");
    }

    @Test
    void theTableHasWhatWasMeasuredWithEverySeed(@TempDir Path folder) throws IOException {
        Path csv = folder.resolve("runs.csv");
        Files.writeString(
                csv,
                HEADER
                        + "a,defaults,1,0.80,0.9,3,1\na,defaults,2,0.84,0.9,3,1\na,mixup,1,0.81,0.8,3,1\na,mixup,2,0.87,0.8,3,1\n"
                        + "a,sgd,1,0.1,0.2,3,1\na,sgd,2,0.1");
        AblationTable table = AblationTable.read(csv, HEADER.strip());
        assertThat(table.has("a", "sgd", 1)).isTrue();
        assertThat(table.has("a", "sgd", 2)).isFalse();
        assertThat(table.markdown(List.of("a", "b"), List.of("defaults", "mixup", "sgd", "cutmix"), 2))
                .isEqualTo("""
                        | part | options | a: macro F1 | ROC AUC | b: macro F1 | ROC AUC |
                        | --- | --- | --- | --- | --- | --- |
                        | defaults |  | 0.820 ± 0.028 | 0.900 ± 0.000 |  |  |
                        | mixup | `--mixup 0.2` | +0.020 ± 0.014 | -0.100 ± 0.000 |  |  |
                        """);
        table.add("a,sgd,2,0.3,0.2,3,1");
        assertThat(Files.readString(csv)).endsWith("a,sgd,1,0.1,0.2,3,1\na,sgd,2,0.3,0.2,3,1\n");
    }

    @Test
    void runsThatAreDoneAreNotDoneAgain(@TempDir Path folder) throws IOException {
        new SyntheticSurfaces(64, 4, 3, 1, 3).write(folder.resolve("data"));
        Path config = folder.resolve("small.properties");
        Files.writeString(
                config,
                "data.surfaces=data\nseeds=1\nparts=defaults,mixup\noption.epochs=1\noption.width=0.25\noption.size=32\n"
                        + "option.cache=" + folder.resolve("cache").toString().replace("\\", "/") + "\n");
        Path csv = folder.resolve("small.properties.csv");
        Files.writeString(csv, HEADER + "surfaces,defaults,1,0.5,0.5,1,1\n");
        Ablation.run(config);
        List<String> lines = Files.readAllLines(csv);
        assertThat(lines).hasSize(3).contains("surfaces,defaults,1,0.5,0.5,1,1");
        assertThat(lines.get(2)).startsWith("surfaces,mixup,1,");
        assertThat(Files.readString(folder.resolve("small.properties.md"))).contains("| defaults |", "| mixup |");
        try (var files = Files.list(folder.resolve("small.properties.runs"))) {
            assertThat(files).isEmpty();
        }
    }
}
