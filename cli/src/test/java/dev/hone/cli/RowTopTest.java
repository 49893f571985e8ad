package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.core.ElementType;
import dev.hone.core.text.NpzWriter;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** --top of the rows of tables and arrays. */
class RowTopTest {
    @TempDir
    private Path folder;

    private Path table;
    private Path training;
    private Path out;

    @BeforeEach
    void write() throws IOException {
        training = Files.write(folder.resolve("training.csv"), List.of("age,home", "20,rent", "60,own"));
        table = Files.write(folder.resolve("rows.csv"), List.of("age,home", "30,own"));
        out = folder.resolve("out");
    }

    private Path model(Shape shape, BiFunction<Ops, Value, Value> scores) {
        Graph graph = new Graph("model");
        Value x = graph.addInput("x", ElementType.FLOAT, shape);
        graph.addOutput(scores.apply(new Ops(graph), x));
        Path file = folder.resolve("model.onnx");
        OnnxWriter.write(new Model(graph), file);
        return file;
    }

    /** Half the age, and 1 for an own home, -2 for a rented one. */
    private Path linear() {
        return model(
                Shape.of(Dim.symbol("N"), Dim.of(3)),
                (ops, x) -> ops.op("MatMul", x, ops.constant(Tensor.ofFloats(new float[] {0.5f, 1, -2}, 3, 1))));
    }

    private Commands.Run explain(Path model, Path rows, Path baselines, String... more) {
        Stream<Object> command = Stream.of("explain", model, rows, "--baselines", baselines, "-o", out);
        return Commands.hone(Stream.concat(command, Stream.of(more)).toArray());
    }

    @Test
    void printsTheColumnsThatMatterMost() throws IOException {
        Commands.Run run = explain(linear(), table, training, "--top", "1");
        assertThat(run.out().lines().toList().subList(0, 3))
                .containsExactly(
                        "line 2  class 0  score 16.0000, baselines 19.5000  50 samples",
                        "  -5.0000  age",
                        out.resolve("attributions.csv").toString());
        assertThat(Files.readString(out.resolve("waterfall-2.svg"))).contains("1 other feature", "age = 30");
        assertThat(Files.readString(out.resolve("bars.svg"))).contains("1 feature matters less");
        assertThat(Files.readString(out.resolve("beeswarm.svg"))).contains("1 feature matters less");
        assertThat(explain(linear(), table, training, "--top", "9").out())
                .contains("  +1.5000  home, 2 values" + System.lineSeparator());
    }

    /** The keys are those of groups of pixels. */
    @Test
    void jsonHasThemAsGroups() throws IOException {
        String line = explain(linear(), table, training, "--top", "2", "--json")
                .out()
                .lines()
                .findFirst()
                .orElseThrow();
        JsonNode groups = new ObjectMapper().readTree(line).get("groups");
        assertThat(groups).hasSize(2);
        assertThat(groups.get(0).toString())
                .isEqualTo("{\"group\":\"age\",\"elements\":1,\"attribution\":-5.0,\"errorBar95\":0.0}");
        assertThat(groups.get(1).get("group").asText()).isEqualTo("home");
        assertThat(groups.get(1).get("elements").asInt()).isEqualTo(2);
        assertThat(explain(linear(), table, training, "--json").out()).doesNotContain("groups");
    }

    /** A product of two columns: what each has to do with it depends on the draws. */
    @Test
    void tellsErrorBars() throws IOException {
        Path product = model(Shape.of(Dim.symbol("N"), Dim.of(2)), (ops, x) -> {
            Value y = ops.mul(ops.slice(x, 1, 0, 1, 1), ops.slice(x, 1, 1, 2, 1));
            return ops.mul(y, y);
        });
        Path numbers = Files.write(folder.resolve("a.csv"), List.of("a,b", "1,2", "3,-1", "0.5,2"));
        Path row = Files.write(folder.resolve("b.csv"), List.of("a,b", "2,3"));
        List<String> lines = explain(product, row, numbers, "--top", "1", "--samples", "40")
                .out()
                .lines()
                .toList();
        assertThat(lines.get(0)).matches("line 2 .* sampling error [0-9.]+ %");
        assertThat(lines.get(1)).matches("  \\+[0-9.]+ \\+- [0-9.]+  [ab]");
        JsonNode json = new ObjectMapper()
                .readTree(explain(product, row, numbers, "--top", "1", "--samples", "40", "--json")
                        .out()
                        .lines()
                        .findFirst()
                        .orElseThrow());
        JsonNode most = json.get("groups").get(0);
        assertThat(most.get("errorBar95").asDouble())
                .isPositive()
                .isCloseTo(
                        json.get("errorBars95").get(most.get("group").asText()).asDouble(), within(1e-6));
    }

    @Test
    void printsTheStepsThatMatterMost() throws IOException {
        Path sum = model(
                Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(2)), (ops, x) -> ops.reduceSum(ops.mul(x, 2.0), false, 1));
        Path rows = folder.resolve("rows.npz");
        new NpzWriter().add("x", new float[] {1, 2, 0, -3, 0, 1}, 1, 3, 2).write(rows);
        Path zeros = folder.resolve("zeros.npz");
        new NpzWriter().add("x", new float[6], 1, 3, 2).write(zeros);
        assertThat(explain(sum, rows, zeros, "--top", "2", "--classes", "1")
                        .out()
                        .lines()
                        .toList()
                        .subList(0, 3))
                .containsExactly(
                        "row 0  class 1  logit 0.0000, baselines 0.0000  50 samples",
                        "  -6.0000  step 1, 2 values",
                        "  +4.0000  step 0, 2 values");
        assertThat(Files.readString(out.resolve("steps-0.svg"))).contains("1 step matters less");
        Path tokens = Files.writeString(folder.resolve("tokens.txt"), "not so bad\n");
        assertThat(explain(sum, rows, zeros, "--top", "1", "--classes", "1", "--tokens", tokens.toString(), "--json")
                        .out())
                .contains("\"groups\":[{\"group\":\"1 so\",\"elements\":2,\"attribution\":-6.0");
    }

    @Test
    void oneSampleTellsNoErrors() throws IOException {
        assertThat(explain(linear(), table, training, "--top", "1", "--samples", "1")
                        .out())
                .contains("  1 sample" + System.lineSeparator());
        assertThat(Files.readAllLines(out.resolve("attributions.csv")).get(1))
                .matches("2,0,16\\.0,19\\.5,,[-0-9.]+,[-0-9.]+,,");
    }

    @Test
    void noneAreRefused() {
        assertThat(explain(linear(), table, training, "--top", "0").complaint())
                .contains("--top: 0, expected 1 or more columns or steps of each row");
    }

    @Test
    void groupsOfColumnsAreForTables() throws IOException {
        assertThat(explain(linear(), table, training, "--top", "3", "--feature-groups", "all=age|home")
                        .out())
                .contains("all, 3 values");
        Path rows = folder.resolve("rows.npz");
        new NpzWriter().add("x", new float[3], 1, 3).write(rows);
        assertThat(explain(linear(), rows, rows, "--feature-groups", "all=age|home")
                        .complaint())
                .contains("--feature-groups: only for tables");
        assertThat(explain(Commands.model(), Commands.anImage(), Commands.data(), "--feature-groups", "all=age|home")
                        .complaint())
                .contains("--feature-groups: only for tables");
    }
}
