package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.Progress;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.evaluate.EvaluateResult;
import dev.hone.jobs.explain.ExplainJob;
import dev.hone.jobs.explain.ExplainOptions;
import dev.hone.jobs.quantize.QuantizeJob;
import dev.hone.jobs.quantize.QuantizeOptions;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.model.Classifier;
import dev.hone.model.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's program; what it says under "From Java" is the method below, word for word. */
class FromJavaTest {
    @TempDir
    private Path folder;

    // From here on as in README.md.
    /** Trains on a folder, predicts and explains an image, quantizes, and evaluates both models. */
    static double tour(Path photos, Path part, Path out) throws IOException {
        Path model = out.resolve("model.onnx");
        Path int8 = out.resolve("model.int8.onnx");
        TrainJob.run(TrainOptions.of(photos, model).withEpochs(5), Progress.NONE);
        try (Classifier classifier = Classifier.open(model)) {
            Prediction prediction = classifier.predict(Files.readAllBytes(part));
            System.out.println(prediction.label() + ", probability " + prediction.probability());
        }
        ExplainJob.run(ExplainOptions.of(model, List.of(part), out.resolve("maps")), Progress.NONE);
        QuantizeJob.run(QuantizeOptions.of(model, photos, int8), Progress.NONE);
        EvaluateResult result =
                EvaluateJob.run(EvaluateOptions.of(model, photos).withAgainst(int8), Progress.NONE);
        return result.against().evaluation().confusion().macroF1();
    }
    // Up to here.

    @Test
    void theTourRuns() throws IOException {
        Path part;
        try (Stream<Path> files = Files.list(Surfaces.data().resolve("test").resolve("crack"))) {
            part = files.filter(f -> f.toString().endsWith(".png"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(tour(Surfaces.data(), part, folder)).isBetween(0.0, 1.0);
        assertThat(folder.resolve("maps")).isNotEmptyDirectory();
        assertThat(folder.resolve("model.int8.onnx")).isNotEmptyFile();
    }

    @Test
    void theReadmeShowsIt() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/hone/jobs/FromJavaTest.java"));
        String shown = source.substring(
                source.indexOf("README.md.\n") + "README.md.\n".length(), source.indexOf("    // Up to here."));
        assertThat(Files.readString(Path.of("../README.md")))
                .contains("```java\n" + shown.stripTrailing().stripIndent() + "\n```");
        assertThat(shown.lines()).hasSizeLessThanOrEqualTo(20);
    }
}
