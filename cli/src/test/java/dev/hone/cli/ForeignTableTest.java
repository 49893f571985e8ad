package dev.hone.cli;

import static dev.hone.cli.Commands.hone;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree of scikit-learn's form, probabilities behind a ZipMap; expected values are ONNX Runtime's, see zipped.py. */
class ForeignTableTest {
    private static final String PARQUET = "rows.parquet: a Parquet file, expected";

    @TempDir
    private Path folder;

    private Path model;
    private Path rows;
    private Path labelled;
    private final List<String> classes = new ArrayList<>();
    private final List<Double> probabilities = new ArrayList<>();

    @BeforeEach
    void copy() throws IOException {
        model = folder.resolve("zipped.onnx");
        try (InputStream file = ForeignTableTest.class.getResourceAsStream("zipped.onnx")) {
            Files.copy(file, model);
        }
        StringBuilder numbers = new StringBuilder("a,b,c\n");
        StringBuilder known = new StringBuilder("a,b,c,outcome\n");
        try (InputStream file = ForeignTableTest.class.getResourceAsStream("zipped.csv")) {
            new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .forEach(line -> {
                        String[] cells = line.split(",");
                        numbers.append(String.join(",", cells[0], cells[1], cells[2]))
                                .append('\n');
                        known.append(String.join(",", cells[0], cells[1], cells[2], cells[3]))
                                .append('\n');
                        classes.add(cells[3]);
                        probabilities.add(Double.valueOf(cells[4]));
                    });
        }
        rows = Files.writeString(folder.resolve("rows.csv"), numbers);
        labelled = Files.writeString(folder.resolve("labelled.csv"), known);
    }

    @Test
    void rowsAreClassified() throws IOException {
        for (Path table : List.of(rows, labelled)) {
            Run run = hone("predict", model, table);
            assertThat(run.exit()).as(run.err()).isZero();
            List<String> lines = run.out().lines().toList();
            assertThat(lines).hasSize(classes.size());
            for (int i = 0; i < lines.size(); i++) {
                JsonNode line = new ObjectMapper().readTree(lines.get(i));
                assertThat(line.get("class").asText()).isEqualTo(classes.get(i));
                assertThat(line.get("probability").asDouble()).isCloseTo(probabilities.get(i), Offset.offset(1e-6));
            }
        }
    }

    @Test
    void rowsAreEvaluatedAndExplainedWithoutGradients() throws IOException {
        JsonNode judged =
                hone("evaluate", model, labelled, "--split", "all", "--json").document();
        assertThat(judged.at("/model/confusion").toString().replaceAll("[^0-9,]", ""))
                .isNotEmpty();
        assertThat(judged.at("/model/accuracy").asDouble()).isEqualTo(1);
        Path out = folder.resolve("why");
        Run run = hone("explain", model, rows, "--baselines", rows, "-o", out, "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode first =
                new ObjectMapper().readTree(run.out().lines().findFirst().orElseThrow());
        assertThat(first.get("method").asText()).isEqualTo("kernel-shap");
        assertThat(first.get("score").asDouble()).isCloseTo(probabilities.get(0), Offset.offset(1e-6));
        // The tree does not look at the second column.
        assertThat(first.at("/attributions/b").asDouble()).isCloseTo(0, Offset.offset(1e-6));
        assertThat(hone("show", model).out()).contains("read from 'p': probabilities (");
    }

    @Test
    void tablesThatDoNotFitAreNamed() throws IOException {
        Path other = Files.writeString(folder.resolve("other.csv"), "a,b\n1,2\n");
        assertThat(hone("predict", model, other).complaint()).contains("takes 3 numbers of a row", "2 columns: a, b");
        Path text = Files.writeString(folder.resolve("text.csv"), "a,b,c\n1,x,2\n");
        assertThat(hone("predict", model, text).complaint()).contains("'b'", "'x'");
        assertThat(hone("evaluate", model, rows).complaint()).contains("label");
    }

    private Path parquet() throws IOException {
        return Files.writeString(folder.resolve("rows.parquet"), "PAR1....PAR1");
    }

    @Test
    void modelsAndDataOfDifferentKindsAreNamed() throws IOException {
        assertThat(hone("evaluate", Commands.model(), labelled).complaint())
                .contains("takes images, and", "labelled.csv is a table", "folder per class");
        assertThat(hone("evaluate", model, Commands.data()).complaint())
                .contains("zipped.onnx takes rows of a table, and", "holds images");
        assertThat(hone("predict", Commands.model(), rows).complaint())
                .contains("takes images, and", "rows.csv is a table; give the images, their folder, or a pattern");
        assertThat(hone("explain", Commands.model(), rows, "-o", folder).complaint())
                .contains("takes images, and", "rows.csv is a table");
        Path images = Files.writeString(folder.resolve("list.csv"), "path,label\nx.png,good\n");
        assertThat(hone("predict", Commands.model(), images).complaint()).contains("list.csv is a list of images");
        assertThat(hone("train", parquet(), "-o", folder.resolve("x.onnx")).complaint())
                .contains(PARQUET);
        assertThat(hone("train", parquet(), "--target", "y", "-o", folder.resolve("x.onnx"))
                        .complaint())
                .contains(PARQUET);
    }
}
