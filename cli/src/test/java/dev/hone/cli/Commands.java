package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Runs commands as a user would type them, on drawn surfaces and models that are made once for all tests. */
public final class Commands {
    private static final Commands SHARED = new Commands();

    private final Path folder;

    private Commands() {
        try {
            folder = Files.createTempDirectory("hone-commands");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
        new SyntheticSurfaces(64, 12, 4, 4, 7).write(folder.resolve("surfaces"));
        Run trained = hone(folder, training(folder.resolve("surfaces"), folder.resolve("model.onnx")));
        assertThat(trained.exit).as(trained.err).isZero();
        Run quantized = hone(
                folder,
                "quantize",
                folder.resolve("model.onnx"),
                "--calibrate",
                folder.resolve("surfaces"),
                "-o",
                folder.resolve("model.int8.onnx"),
                "--images",
                16,
                "--plan",
                "all");
        assertThat(quantized.exit).as(quantized.err).isZero();
    }

    private void delete() {
        try (Stream<Path> tree = Files.walk(folder)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a command printed. */
    record Run(int exit, String out, String err) {
        /** The one line of an expected failure. */
        /** What it printed as JSON, where it succeeded. */
        JsonNode document() throws IOException {
            assertThat(exit).as(err + out).isZero();
            return new ObjectMapper().readTree(out);
        }

        String complaint() {
            assertThat(exit).as(err).isEqualTo(2);
            List<String> lines = err.lines().filter(l -> l.startsWith("hone: ")).toList();
            assertThat(lines).as(err).hasSize(1);
            assertThat(err).doesNotContain("\tat ");
            return lines.get(0);
        }
    }

    /** Six classes, with folders for training, validation (4 a class) and test (4 a class). */
    public static Path data() {
        return SHARED.folder.resolve("surfaces");
    }

    /** Trained on {@link #data} for two epochs: it runs, but knows little. */
    public static Path model() {
        return SHARED.folder.resolve("model.onnx");
    }

    public static Path int8() {
        return SHARED.folder.resolve("model.int8.onnx");
    }

    /** The same one every time. */
    public static Path anImage() throws IOException {
        try (Stream<Path> files = Files.walk(data().resolve("test"))) {
            return files.filter(f -> f.toString().endsWith(".png"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    static Run hone(Object... arguments) {
        return hone(SHARED.folder, arguments);
    }

    /** Explains an image by a model that Hone did not make, against black. @return its JSON line */
    static JsonNode explainForeign(Path model, Path image, String method, Path maps, Object... more)
            throws IOException {
        Object[] fixed = {
            "explain",
            model,
            image,
            "--pixels",
            "unit",
            "--baselines-by",
            "black",
            "--method",
            method,
            "--json",
            "-o",
            maps
        };
        return hone(Stream.concat(Stream.of(fixed), Stream.of(more)).toArray()).document();
    }

    private static Object[] training(Path from, Path to, Object... more) {
        Object[] first = {"train", from, "-o", to, "--epochs", 2, "--width", 0.25, "--size", 64};
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray();
    }

    /** A small network, two epochs. */
    static Run train(Path from, Path to, Object... more) {
        return hone(training(from, to, more));
    }

    private static synchronized Run hone(Path folder, Object... arguments) {
        List<String> line =
                new ArrayList<>(Stream.of(arguments).map(Object::toString).toList());
        if (List.of("train", "evaluate", "quantize", "explain").contains(line.get(0))) {
            line.addAll(List.of("--cache", folder.resolve("cache").toString()));
        }
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        ByteArrayOutputStream e = new ByteArrayOutputStream();
        System.setOut(new PrintStream(o, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(e, true, StandardCharsets.UTF_8));
        try {
            int exit = Hone.execute(line.toArray(String[]::new));
            return new Run(exit, o.toString(StandardCharsets.UTF_8), e.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
