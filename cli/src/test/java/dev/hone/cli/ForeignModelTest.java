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
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model without Hone's metadata whose scores are the means of its three channels, so that what reaches it can be told
 * from the probabilities: the softmax of the scaled colour of an even image.
 */
class ForeignModelTest {
    private static final int[] COLOUR = {200, 90, 30};

    @TempDir
    private Path folder;

    private Path image;

    private Path model(boolean softmax) {
        return model(softmax, Dim.symbol("N"));
    }

    private Path model(boolean softmax, Dim batch) {
        return model(softmax, batch, -1);
    }

    /** @param reshaped the images that the model reshapes to */
    private Path model(boolean softmax, Dim batch, long reshaped) {
        Graph graph = new Graph("means");
        Ops ops = new Ops(graph);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(batch, Dim.of(3), Dim.of(16), Dim.of(16)));
        Value y = ops.reshape(ops.op("GlobalAveragePool", x), reshaped, 3);
        graph.addOutput(softmax ? ops.op("Softmax", y) : y);
        Path file = folder.resolve("means.onnx");
        OnnxWriter.write(new Model(graph), file);
        byte[] pixels = new byte[3 * 40 * 20];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) COLOUR[i / 800];
        }
        image = folder.resolve("even.png");
        ImageFiles.writePng(new Image(3, 40, 20, pixels), image);
        return file;
    }

    private static double[] softmax(double... scores) {
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score);
        }
        double[] p = new double[scores.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(scores[i]) / sum;
        }
        return p;
    }

    private void check(Run run, double[] expected) throws IOException {
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode line = new ObjectMapper().readTree(run.out());
        for (int c = 0; c < 3; c++) {
            assertThat(line.get("probabilities").get(Integer.toString(c)).asDouble())
                    .isCloseTo(expected[c], Offset.offset(2e-5));
        }
        assertThat(line.get("class").asText()).isEqualTo("0");
    }

    @Test
    void pixelsAreScaledAsAskedFor() throws IOException {
        Path file = model(false);
        double[] unit = softmax(COLOUR[0] / 255.0, COLOUR[1] / 255.0, COLOUR[2] / 255.0);
        check(hone("predict", file, image, "--pixels", "unit"), unit);
        double[] imagenet = softmax(
                (COLOUR[0] / 255.0 - 0.485) / 0.229,
                (COLOUR[1] / 255.0 - 0.456) / 0.224,
                (COLOUR[2] / 255.0 - 0.406) / 0.225);
        check(hone("predict", file, image, "--pixels", "imagenet"), imagenet);
        check(hone("predict", file, image), imagenet);
        check(hone("predict", file, image, "--pixels", "bytes"), softmax(200, 90, 30));
    }

    @Test
    void aSoftmaxAtTheEndIsNotRepeated() throws IOException {
        check(
                hone("predict", model(true), image, "--pixels", "unit"),
                softmax(COLOUR[0] / 255.0, COLOUR[1] / 255.0, COLOUR[2] / 255.0));
    }

    /** Declared as open, but a Reshape tells the number. */
    @Test
    void aHiddenBatchIsTheModelsOwn() throws IOException {
        double[] unit = softmax(COLOUR[0] / 255.0, COLOUR[1] / 255.0, COLOUR[2] / 255.0);
        for (long batch : new long[] {1, 2}) {
            for (boolean softmax : new boolean[] {false, true}) {
                Path file = model(softmax, Dim.symbol("N"), batch);
                check(hone("predict", file, image, image, image, "--pixels", "unit"), unit);
                JsonNode line = Commands.explainForeign(file, image, "gradient-shap", folder.resolve("maps"));
                assertThat(line.get("score").asDouble()).isCloseTo(COLOUR[0] / 255.0, Offset.offset(1e-6));
            }
        }
    }

    /** The scores are linear, so that attributions are known: the mean of a channel, against black. */
    @Test
    void imagesAreExplainedWhateverBatchTheModelTakes() throws IOException {
        for (Dim batch : List.of(Dim.symbol("N"), Dim.ONE, Dim.of(4))) {
            for (String method : List.of("gradient-shap", "input-x-gradient", "occlusion", "rise")) {
                Path file = model(false, batch);
                JsonNode line = Commands.explainForeign(file, image, method, folder.resolve("maps"), "--values");
                assertThat(line.get("error")).as(batch + " " + method).isNull();
                assertThat(line.get("score").asDouble()).isCloseTo(COLOUR[0] / 255.0, Offset.offset(1e-6));
            }
        }
    }

    /** Divides by the image's length without an epsilon, and by what the batch has in common, as a shared range would be. */
    @Test
    void whatFillsUpABatchChangesNothing() throws IOException {
        Path file = model(false, Dim.of(4));
        Model changed = OnnxReader.read(file);
        Graph graph = changed.graph();
        Ops ops = new Ops(graph);
        Value means = graph.outputs().get(0);
        Value each = ops.div(means, ops.op("ReduceL2", means, ops.vector(1)));
        Value all = ops.reduceMean(means, true, 0, 1);
        graph.setOutput(0, ops.div(each, all));
        OnnxWriter.write(changed, file);
        double length = Math.sqrt(200 * 200 + 90 * 90 + 30 * 30);
        double mean = 320 / 3.0 / 255;
        check(
                hone("predict", file, image, "--pixels", "unit"),
                softmax(200 / length / mean, 90 / length / mean, 30 / length / mean));
        Path split = Files.writeString(
                folder.resolve("split.csv"), "path,label,split\n0.png,0,test\n1.png,1,train\n2.png,2,train\n");
        for (int i = 0; i < 3; i++) {
            Files.copy(image, folder.resolve(i + ".png"));
        }
        Run run = hone("evaluate", file, split, "--pixels", "unit", "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        double p = softmax(200 / length / mean, 90 / length / mean, 30 / length / mean)[0];
        assertThat(new ObjectMapper().readTree(run.out()).at("/model/logLoss").asDouble())
                .isCloseTo(-Math.log(p), Offset.offset(1e-5));
    }

    @Test
    void oneSampleIsTold() throws IOException {
        Object[] line = {"explain", model(false), image, "--pixels", "unit", "--baselines-by", "black", "-o", folder};
        for (String method : List.of("saliency", "gradient-shap")) {
            Run run = hone(Stream.concat(Stream.of(line), Stream.of("--method", method))
                    .toArray());
            assertThat(run.out()).contains(method.equals("saliency") ? "  1 sample  " : "  50 samples  ");
        }
    }

    /** Verdicts are read from the output of this name; what stands before it are no scores. */
    @Test
    void probabilitiesAreExplainedWhereverTheyStand() throws IOException {
        Path file = model(true);
        Model two = OnnxReader.read(file);
        Value probabilities = two.graph().outputs().get(0);
        Value scores = probabilities.producer().input(0);
        probabilities.setName("probabilities");
        two.graph().setOutput(0, new Ops(two.graph()).op("Neg", scores));
        two.graph().addOutput(probabilities);
        OnnxWriter.write(two, file);
        for (String method : List.of("gradient-shap", "kernel-shap")) {
            JsonNode line = Commands.explainForeign(file, image, method, folder.resolve("maps"));
            assertThat(line.get("explained").asText()).isEqualTo("0");
            assertThat(line.get("score").asDouble()).as(method).isCloseTo(COLOUR[0] / 255.0, Offset.offset(1e-6));
        }
    }

    @Test
    void itHasNoPlaceForAThreshold() {
        assertThat(hone("evaluate", model(false), Commands.data(), "--set-threshold", folder.resolve("t.onnx"))
                        .complaint())
                .contains("was not made by Hone");
    }
}
