package dev.hone.cli;

import static dev.hone.cli.Commands.hone;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
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

    /** Exporters write the batch of one that a model was traced with, or leave it in a Reshape alone. */
    @Test
    void rowsAreTakenInTheBatchAndTypeOfTheModel() throws IOException {
        for (Dim declared : List.of(Dim.symbol("N"), Dim.ONE, Dim.of(4))) {
            for (ElementType type : List.of(ElementType.FLOAT, ElementType.DOUBLE, ElementType.FLOAT16)) {
                checkSigmoid(declared, declared.isConstant() ? declared.constant() : -1, type);
            }
        }
        checkSigmoid(Dim.symbol("N"), 1, ElementType.FLOAT);
        checkSigmoid(Dim.symbol("N"), 4, ElementType.FLOAT);
    }

    /** @param reshaped the rows that the model reshapes to */
    private void checkSigmoid(Dim declared, long reshaped, ElementType type) throws IOException {
        Graph graph = new Graph("sum");
        Ops ops = new Ops(graph);
        Value x = graph.addInput("x", type, Shape.of(declared, Dim.of(3)));
        Value weights = ops.constant(
                Tensor.ofFloats(new float[] {0.5f, -1, 0.25f}, 3, 1).to(type));
        Value y = ops.op("Sigmoid", ops.reshape(ops.matmul(x, weights), reshaped, 1));
        y.setName("y");
        graph.addOutput(y);
        Path file = folder.resolve("sum.onnx");
        OnnxWriter.write(new Model(graph), file);
        Path table = Files.writeString(folder.resolve("five.csv"), "a,b,c\n1,0,0\n0,1,0\n0,0,1\n1,1,1\n2,0,2\n");
        String which = declared + " " + reshaped + " " + type;
        Run run = hone("predict", file, table);
        assertThat(run.exit()).as(which + run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        double[] logits = {0.5, -1, 0.25, -0.25, 1.5};
        assertThat(lines).as(which).hasSize(5);
        for (int i = 0; i < 5; i++) {
            double found = new ObjectMapper()
                    .readTree(lines.get(i))
                    .at("/probabilities/1")
                    .asDouble();
            assertThat(found).as(which).isCloseTo(1 / (1 + Math.exp(-logits[i])), Offset.offset(1e-3));
        }
        Run explained = hone("explain", file, table, "--baselines", table, "-o", folder.resolve("maps"));
        assertThat(explained.exit()).as(which + explained.err()).isZero();
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
