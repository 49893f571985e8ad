package dev.hone.cli;

import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.explain.Attributor;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.jobs.explain.ImageAttributor;
import dev.hone.jobs.explain.ImageAttributors;
import dev.hone.jobs.explain.ImageBaselines;
import dev.hone.model.Classifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Explanations of a whole data set. */
class DataExplanationTest {
    @TempDir
    private Path folder;

    @Test
    void judgesExplanationsBesideControls() throws IOException {
        Run run = hone(
                "explain",
                model(),
                "--evaluate",
                data(),
                "--baselines",
                data(),
                "--images",
                6,
                "--samples",
                6,
                "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(document.get("images").asInt()).isEqualTo(6);
        JsonNode all = document.get("all");
        assertThat(all.fieldNames()).toIterable().containsExactly("gradient-shap", "random", "edges");
        for (JsonNode method : all) {
            // Five of six classes have a defect, and a mask.
            assertThat(method.get("energy").get("images").asInt()).isEqualTo(5);
            assertThat(method.get("energy").get("mean").asDouble()).isBetween(0.0, 1.0);
            assertThat(method.get("deletion").get("mean").asDouble()).isBetween(0.0, 1.0);
        }
        assertThat(all.get("gradient-shap").get("sensitivity").get("mean").asDouble())
                .isPositive();
        assertThat(all.get("random").has("sensitivity")).isFalse();
        // Pixels are replaced in the order of each map.
        assertThat(all.findValues("deletion")).doesNotHaveDuplicates();
        assertThat(all.findValues("insertion")).doesNotHaveDuplicates();
        // Noise has on the mask what the mask has of the area.
        double area = 0;
        for (JsonNode label : document.get("classes")) {
            area += label.get("maskArea").get("mean").asDouble() / 5;
        }
        assertThat(all.get("random").get("energy").get("mean").asDouble() / area)
                .isBetween(0.8, 1.2);
        assertThat(document.get("classes").has("good")).isFalse();
    }

    @Test
    void showsWhatTheModelLooksAt() throws IOException {
        Path page = folder.resolve("global.html");
        Run run = hone(
                "explain",
                model(),
                "--global",
                data(),
                "--baselines",
                data(),
                "--images",
                6,
                "--samples",
                6,
                "--json",
                "--region",
                "80,90,20,10",
                "-o",
                page);
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(document.get("images").asInt()).isEqualTo(6);
        List<Double> errors = new ArrayList<>();
        document.get("leastCertain")
                .forEach(item -> errors.add(item.get("relativeError").asDouble()));
        assertThat(errors).hasSize(6).doesNotHaveDuplicates().isSortedAccordingTo(Comparator.reverseOrder());
        int of = 0;
        for (JsonNode view : document.get("classes")) {
            of += view.get("images").asInt();
            assertThat(view.get("prototypes")).isNotEmpty();
        }
        assertThat(of).isEqualTo(6);
        // The defect, the border, four corners, the given region.
        assertThat(document.get("regions")).hasSize(7);
        // Of 64 pixels a side: 52 inside a frame of a tenth, by the middles of pixels.
        assertThat(document.get("regions").get(1).get("area").asDouble()).isCloseTo(1 - 52 * 52 / 4096.0, within(1e-6));
        assertThat(document.get("findings").get(0).asText()).contains("the defect");
        assertThat(Files.readString(page)).contains("Prototypes", "the region 80,90,20,10", "data:image/png");
    }

    /** A model without names, of which the data set has the first two classes only: others are told by their number. */
    @Test
    void takesVerdictsThatTheDataSetHasNoClassFor() throws IOException {
        Model trained = OnnxReader.read(model());
        Model nameless = new Model(trained.graph());
        Path file = folder.resolve("nameless.onnx");
        Path few = folder.resolve("few");
        for (String label : List.of("test/first", "test/second", "train/first", "train/second")) {
            Files.createDirectories(few.resolve(label));
            Files.copy(Commands.anImage(), few.resolve(label).resolve("a.png"));
        }
        // Whatever is shown, the last of the six classes it is.
        Graph graph = nameless.graph();
        Value bias = graph.nodes().stream()
                .filter(node -> node.op().equals("Gemm"))
                .findFirst()
                .orElseThrow()
                .input(2);
        bias.replaceBy(new Ops(graph).constant(Tensor.ofFloats(new float[] {0, 0, 0, 0, 0, 1000}, 6)));
        OnnxWriter.write(nameless, file);
        Run run = hone(
                "explain", file, "--global", few, "--method", "saliency", "--json", "-o", folder.resolve("few.html"));
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode classes = new ObjectMapper().readTree(run.out()).get("classes");
        assertThat(classes).hasSize(1);
        assertThat(classes.get(0).get("class").asText()).isEqualTo("5");
    }

    /** The model with a head of zeros. */
    private Path constant() {
        Model constant = OnnxReader.read(model());
        Graph graph = constant.graph();
        for (Node node : List.copyOf(graph.nodes())) {
            if (List.of("Gemm", "MatMul").contains(node.op())) {
                Tensor weights = node.input(1).constant();
                node.input(1)
                        .replaceBy(new Ops(graph)
                                .constant(Tensor.ofFloats(new float[weights.floats().length], weights.dims())));
            }
        }
        Path file = folder.resolve("constant.onnx");
        OnnxWriter.write(constant, file);
        return file;
    }

    /** The first pixel of a zero map is not its largest, and a hit or a miss there says nothing. */
    @Test
    void zeroMapsAreCountedAndNotJudged() throws IOException {
        Object[] line = {"explain", constant(), "--evaluate", data(), "--images", 6, "--methods", "saliency,occlusion"};
        Run run = hone(Stream.concat(Stream.of(line), Stream.of("--baselines-by", "blurred", "--json"))
                .toArray());
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(document.get("zeroMaps").toString()).isEqualTo("{\"saliency\":6,\"occlusion\":6}");
        for (String measure : List.of("pointing", "energy", "deletion", "insertion", "sparsity")) {
            assertThat(document.get("all").get("saliency").has(measure)).isFalse();
            assertThat(document.get("all").get("edges").has(measure)).isTrue();
        }
        String text = hone(Stream.concat(Stream.of(line), Stream.of("--baselines-by", "blurred"))
                        .toArray())
                .out();
        assertThat(text).contains("saliency: 6 of 6 maps are zero", "occlusion: 6 of 6 maps are zero");
        assertThat(text).doesNotContain("grid with a pitch");
        assertThat(document.get("grids").isEmpty()).isTrue();
    }

    /** A model that scores its first class alone: maps of all others are zero. */
    @Test
    void theTrueClassIsExplained() throws IOException {
        Model model = OnnxReader.read(model());
        Graph graph = model.graph();
        Node head = graph.nodes().stream()
                .filter(node -> node.op().equals("Gemm"))
                .findFirst()
                .orElseThrow();
        Tensor weights = head.input(1).constant();
        float[] first = weights.floats();
        // By class: [classes,features] where it is transposed, as it is written.
        assertThat(head.intAttribute("transB", 0)).isEqualTo(1);
        Arrays.fill(first, first.length / 6, first.length, 0);
        head.input(1).replaceBy(new Ops(graph).constant(Tensor.ofFloats(first, weights.dims())));
        Path file = folder.resolve("first.onnx");
        OnnxWriter.write(model, file);
        Run run = hone("explain", file, "--evaluate", data(), "--images", 6, "--methods", "saliency", "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        // An image of each class.
        assertThat(new ObjectMapper().readTree(run.out()).get("zeroMaps").toString())
                .isEqualTo("{\"saliency\":5}");
    }

    @Test
    void oneImageTellsNothingOfOthersAndMapsWithoutErrorsAreNotSorted() throws IOException {
        Path page = folder.resolve("one.html");
        Run run = hone(
                "explain",
                model(),
                "--global",
                data(),
                "--baselines-by",
                "black",
                "--method",
                "saliency",
                "--images",
                1,
                "--json",
                "-o",
                page);
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(document.get("findings").get(0).asText()).contains("explain more images");
        assertThat(document.get("findings")).hasSize(1);
        assertThat(document.get("regions").get(0).get("notable").asBoolean()).isFalse();
        assertThat(document.get("regions").get(0).get("standardError").isNull()).isTrue();
        assertThat(document.get("leastCertain")).isEmpty();
        assertThat(Files.readString(page))
                .contains("Prototypes")
                .doesNotContain("Least certain", "mean error of a map");
    }

    @Test
    void saysThatMapsAreZeroWhereTheScoreIsConstant() throws IOException {
        Path file = constant();
        for (String method : List.of("rise", "saliency", "occlusion")) {
            Run run = hone(
                    "explain",
                    file,
                    "--global",
                    data(),
                    "--images",
                    6,
                    "--method",
                    method,
                    "--json",
                    "--baselines-by",
                    "blurred");
            assertThat(run.exit()).as(run.err()).isZero();
            JsonNode findings = new ObjectMapper().readTree(run.out()).get("findings");
            assertThat(findings).hasSize(1);
            assertThat(findings.get(0).asText())
                    .startsWith("6 of 6 maps are zero: the " + (method.equals("saliency") ? "gradient" : "score"));
        }
    }

    @Test
    void complainsOfMasksAndMethodsThatAreNotThere() {
        assertThat(hone("explain", model(), "--evaluate", data(), "--baselines", data(), "--masks", "none")
                        .complaint())
                .contains("masks: no folder none");
        assertThat(hone("explain", model(), "--evaluate", data(), "--baselines", data(), "--methods", "guess")
                        .complaint())
                .contains("'guess'", "gradient-shap");
        assertThat(hone(
                                "explain",
                                model(),
                                "--global",
                                data(),
                                "--baselines",
                                data(),
                                "--json",
                                "--region",
                                "90,90,20,10")
                        .complaint())
                .contains("--region: region 90,90,20,10: expected LEFT,TOP,WIDTH,HEIGHT");
        assertThat(hone("explain", model(), "--global", data(), "--baselines", data())
                        .complaint())
                .contains("--output: expected the page to write");
        assertThat(hone("explain", model()).complaint())
                .contains("INPUT: expected images or a file of rows to explain");
    }

    private static JsonNode judged(Object... more) throws IOException {
        Object[] line = {"explain", model(), "--evaluate", data(), "--images", 2, "--json"};
        Run run = hone(Stream.concat(Stream.of(line), Stream.of(more)).toArray());
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out()).get("all");
    }

    private static int samples(JsonNode all, String method) {
        return all.get(method).get("samples").get("mean").asInt();
    }

    @Test
    void everyMethodHasItsOwnSamplesAndGroups() throws IOException {
        JsonNode all = judged("--methods", "rise,kernel-shap,integrated-gradients,saliency");
        assertThat(samples(all, "rise")).isEqualTo(2000);
        // Of its own 50 superpixels, and the two ends.
        assertThat(samples(all, "kernel-shap")).isEqualTo(2050);
        assertThat(samples(all, "integrated-gradients")).isEqualTo(50);
        assertThat(samples(all, "saliency")).isEqualTo(1);
        assertThat(all.get("saliency").get("sensitivity").get("mean").asDouble())
                .isPositive();
        JsonNode asked = judged("--methods", "rise,saliency", "--samples", 30);
        assertThat(samples(asked, "rise")).isEqualTo(30);
        // Four cells of 32 pixels: all 16 coalitions.
        assertThat(samples(judged("--method", "kernel-shap", "--grid", 32), "kernel-shap"))
                .isEqualTo(16);
        assertThat(samples(judged("--method", "exact-shapley", "--grid", 32), "exact-shapley"))
                .isEqualTo(16);
    }

    @Test
    void everyImageIsComparedWithItsOwnBlurredOne() {
        Model model = OnnxReader.read(model());
        try (Classifier classifier = new Classifier(model(), SessionOptions.defaults());
                ImageAttributors methods = ImageAttributors.blurred(classifier, SessionOptions.defaults());
                ImageAttributor own = methods.open(model, Method.INTEGRATED_GRADIENTS, 1)) {
            for (int seed = 0; seed < 2; seed++) {
                float[] image = new float[classifier.form().bytes()];
                Random random = new Random(seed);
                for (int i = 0; i < image.length; i++) {
                    image[i] = 255 * random.nextFloat();
                }
                try (NativeTensor blurred = ImageBaselines.blurred(image, classifier.form());
                        Attributor peer =
                                Method.INTEGRATED_GRADIENTS.open(model, blurred, MethodOptions.of(methods.common()))) {
                    assertThat(own.explain(image, 1).divided())
                            .containsExactly(peer.explain(image, 1).attribution());
                }
            }
        }
    }

    @Test
    void refusesWhatDoesNotApply() {
        String[][] cases = {
            {"--evaluate", "--classes 1", "--classes: only for single images"},
            {"--global", "--classes 1", "--classes: only for single images"},
            {"--evaluate", "--format svg", "--format: only for single images"},
            {"--evaluate", "--columns a", "--columns: only for rows"},
            {"--global", "--tokens t.txt", "--tokens: only for rows"},
            {"--evaluate", "--absolute", "--absolute: only for single images"},
            {"--evaluate", "--layer head", "--layer"},
            {"--evaluate", "--window 3", "--window: only for occlusion; found gradient-shap"},
            {"--evaluate", "--methods saliency --method rise", "--methods: given with a single method"},
            {"--evaluate", "--methods saliency,grad-cam --samples 9", "--samples: only for"},
            {"--global", "--methods saliency", "--methods: only with evaluate, found global"},
            {"--evaluate", "--region 1,1,2,2", "--region: only with global"},
            {"--evaluate", "--method exact-shapley", "give superpixels or a grid"},
            {"--global", "--method exact-shapley", "give superpixels or a grid"},
            {"--evaluate", "--method exact-shapley --grid 8", "64 players, at most 16"},
            {"--evaluate", "--top 3", "--top: only for single images"},
            {"--evaluate", "--global x", "expected one of them"},
            {"--evaluate", "--baseline-count 0", "--baseline-count: 0, expected 1 or more"},
        };
        for (String[] c : cases) {
            Object[] line = {"explain", model(), c[0], data(), "--baselines", data()};
            Object[] all =
                    Stream.concat(Stream.of(line), Stream.of(c[1].split(" "))).toArray();
            assertThat(hone(all).complaint()).contains(c[2]);
        }
        assertThat(hone("explain", model(), "a.png", "--images", 3, "-o", folder)
                        .complaint())
                .contains("--images: only for a data set, with evaluate or global");
        String[][] rows = {
            {"a.png", "--columns a", "--columns: only for tables (.csv)"},
            {"a.png", "--tokens t.txt", "--tokens: only for sequences (.npz), found images"},
            {"a.npz", "--columns a", "--columns: only for tables (.csv), found a.npz"},
            {"a.csv", "--tokens t.txt", "--tokens: only for sequences (.npz), found the table a.csv"},
            {"a.csv", "--classes -1", "--classes: -1: for rows, give the index of the class"},
            {"a.csv", "--classes 1,2", "--classes: 1,2: rows are explained one class at a time"},
            {"a.csv", "--against b.onnx", "--against: only for images, found rows of a.csv"},
        };
        for (String[] c : rows) {
            Object[] line = {"explain", model(), c[0], "--baselines", data(), "-o", folder};
            Object[] all =
                    Stream.concat(Stream.of(line), Stream.of(c[1].split(" "))).toArray();
            assertThat(hone(all).complaint()).contains(c[2]);
        }
    }
}
