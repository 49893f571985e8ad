package dev.hone.cli;

import static dev.hone.cli.Commands.anImage;
import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.model;
import static dev.hone.cli.Commands.train;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.data.DataSet;
import dev.hone.data.Selection;
import dev.hone.data.Split;
import dev.hone.jobs.DataSets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which images a command looks at. */
class DivisionTest {
    @TempDir
    private Path folder;

    /** The training images of two classes, in a folder per class. */
    private Path undivided() throws IOException {
        Path root = folder.resolve("undivided");
        for (String name : new String[] {"good", "spot"}) {
            Files.createDirectories(root.resolve(name));
            try (Stream<Path> files = Files.list(data().resolve("train").resolve(name))) {
                for (Path file : files.toList()) {
                    Files.copy(file, root.resolve(name).resolve(file.getFileName()));
                }
            }
        }
        return root;
    }

    @Test
    void evaluateFindsTheImagesThatTrainingSetAside() throws IOException {
        Path root = undivided();
        Path file = folder.resolve("two.onnx");
        Run trained = train(root, file, "--seed", 4, "--json", "--group", "(\\d)\\.png");
        JsonNode document = new ObjectMapper().readTree(trained.out());
        int test = document.get("testImages").asInt();
        assertThat(document.get("trainingImages").asInt()
                        + document.get("validationImages").asInt()
                        + test)
                .isEqualTo(24);
        assertThat(file.resolveSibling("two.onnx.checkpoint"))
                .as("for longer training")
                .exists();
        Run run = hone("evaluate", file, root, "--json");
        assertThat(run.err()).doesNotContain("is not the data that the model was trained on");
        assertThat(new ObjectMapper()
                        .readTree(run.out())
                        .get("model")
                        .get("images")
                        .asInt())
                .isEqualTo(test);
        Files.delete(root.resolve("good").resolve("brushed-0000.png"));
        assertThat(hone("evaluate", file, root).err()).contains("is not the data that the model was trained on");
    }

    @Test
    void theSeedDecidesAboutTheDivision() throws IOException {
        DataSet set = DataSet.open(undivided());
        int[] test = DataSets.divided(set, 4).indices(Split.TEST);
        assertThat(test).isNotEmpty().isEqualTo(DataSets.divided(set, 4).indices(Split.TEST));
        assertThat(test).isNotEqualTo(DataSets.divided(set, 5).indices(Split.TEST));
    }

    @Test
    void nothingIsCalibratedOrComparedWithTestImages() throws IOException {
        DataSet set = DataSet.open(data());
        int[] chosen = Selection.choose(set, 30, 1);
        assertThat(IntStream.of(chosen).mapToObj(i -> set.samples().get(i).split()))
                .hasSize(30)
                .containsOnly(Split.TRAIN);
        // Five of each class.
        assertThat(IntStream.of(chosen).filter(i -> set.samples().get(i).label() == 0))
                .hasSize(5);
        StringBuilder csv = new StringBuilder("path,label,split\n");
        csv.append(anImage()).append(",good,test\n");
        Path tests = Files.writeString(folder.resolve("tests.csv"), csv);
        assertThat(hone("quantize", model(), "--calibrate", tests, "-o", folder.resolve("q.onnx"))
                        .complaint())
                .contains("no training images, and test images are not used for this");
    }

    @Test
    void imagesOfOneNameGetMapsOfTheirOwn() throws IOException {
        Path other = Files.createDirectories(folder.resolve("other"))
                .resolve(anImage().getFileName());
        Files.copy(anImage(), other);
        Path maps = folder.resolve("maps");
        assertThat(hone("explain", model(), anImage(), other, "--baselines", data(), "-o", maps, "--samples", 4)
                        .exit())
                .isZero();
        try (Stream<Path> files = Files.list(maps)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void theGoodClassIsTheNamedOne() throws IOException {
        Run run = hone("evaluate", model(), data(), "--good", "spot", "--json", "--split", "validation");
        JsonNode judged = new ObjectMapper().readTree(run.out()).get("model");
        assertThat(judged.get("goodClass").asText()).isEqualTo("spot");
        assertThat(hone("evaluate", model(), data(), "--good", "none").complaint())
                .contains("--good: no class 'none' among [crack, dent, good");
    }
}
