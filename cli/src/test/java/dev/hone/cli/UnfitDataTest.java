package dev.hone.cli;

import static dev.hone.cli.Commands.hone;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data that a model cannot be judged on, or taught with, are found before it is quantized. The models have nothing to
 * quantize, or are quantized already: whatever came first would be said.
 */
class UnfitDataTest {
    @TempDir
    private Path folder;

    private int drawn;

    /** Scores of three classes, without a product that could become integer, and without words about the classes. */
    private Path means() {
        Graph graph = new Graph("means");
        Ops ops = new Ops(graph);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(16), Dim.of(16)));
        graph.addOutput(ops.op("Softmax", ops.op("Flatten", ops.op("GlobalAveragePool", x))));
        Path file = folder.resolve("means.onnx");
        OnnxWriter.write(new Model(graph), file);
        return file;
    }

    private String picture() {
        byte[] pixels = new byte[3 * 16 * 16];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 31 + drawn * 7);
        }
        String name = "image" + drawn++ + ".png";
        ImageFiles.writePng(new Image(3, 16, 16, pixels), folder.resolve(name));
        return name;
    }

    /** So many images of each class, in each of the splits. */
    private Path data(int count, List<String> classes, String... splits) throws IOException {
        List<String> lines = new ArrayList<>(List.of("path,label,split"));
        for (String name : classes) {
            for (String split : splits) {
                for (int i = 0; i < count; i++) {
                    lines.add(picture() + "," + name + "," + split);
                }
            }
        }
        return Files.write(folder.resolve("split.csv"), lines);
    }

    private String complaint(Path model, Path data, Object... more) throws IOException {
        Path out = folder.resolve("out.onnx");
        Object[] first = {"quantize", model, "--calibrate", data, "-o", out};
        String complaint =
                hone(Stream.concat(Stream.of(first), Stream.of(more)).toArray()).complaint();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).noneMatch(f -> f.getFileName().toString().startsWith("out.onnx"));
        }
        return complaint;
    }

    @Test
    void theseModelsCannotBeQuantized() throws IOException {
        Path data = data(4, List.of("a", "b", "c"), "train", "val", "test");
        assertThat(complaint(means(), data, "--max-drop", 1)).contains("nothing to quantize");
        assertThat(complaint(Commands.int8(), Commands.data())).contains("quantized already");
    }

    @Test
    void asManyClassesAsTheModelScores() throws IOException {
        assertThat(complaint(means(), data(4, List.of("a", "b"), "train", "val", "test"), "--max-drop", 1))
                .contains("means.onnx distinguishes 3 classes, the data have 2: [a, b]");
    }

    /** Nothing is decoded for it, nor are the data's classes said to be the model's. */
    @Test
    void classesAreCountedFirst() throws IOException {
        Path data = data(4, List.of("a", "b"), "train", "val", "test");
        assertThat(hone("evaluate", means(), data).err())
                .startsWith("hone: ")
                .contains("means.onnx distinguishes 3 classes, the data have 2: [a, b]");
    }

    @Test
    void tooFewImagesToCalibrateAreNamed() throws IOException {
        Path data = data(4, List.of("crack", "dent", "good"), "train", "val", "test");
        Path out = folder.resolve("few.onnx");
        assertThat(hone("quantize", Commands.model(), "--calibrate", data, "-o", out, "--plan", "all")
                        .err())
                .contains(": 12 images for calibration, too few");
        assertThat(hone("quantize", Commands.model(), "--calibrate", data, "-o", out, "--plan", "all", "--images", 8)
                        .err())
                .doesNotContain("too few");
    }

    @Test
    void classesThatTheModelKnows() throws IOException {
        Path data = data(4, List.of("good", "odd"), "train", "val", "test");
        assertThat(complaint(Commands.int8(), data, "--max-drop", 1)).contains("class 'odd' is not among [");
        assertThat(complaint(Commands.int8(), data, "--method", "qat")).contains("class 'odd' is not among [");
    }

    @Test
    void imagesToJudgeOn() throws IOException {
        Path data = data(1, List.of("a", "b", "c"), "train", "test");
        assertThat(complaint(means(), data, "--max-drop", 1)).contains("split.csv has no validation images");
    }

    @Test
    void aModelThatCanBeTaught() throws IOException {
        Path data = data(4, List.of("a", "b", "c"), "train", "val", "test");
        assertThat(complaint(means(), data, "--method", "qat")).contains("was not made by Hone");
        Path few = data(1, List.of("good"), "train", "test");
        Files.writeString(few, picture() + ",dent,test\n", java.nio.file.StandardOpenOption.APPEND);
        assertThat(complaint(Commands.int8(), few, "--method", "qat")).contains("has 1 training images, expected 2");
    }
}
