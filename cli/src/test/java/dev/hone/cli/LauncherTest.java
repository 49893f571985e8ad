package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts real processes by the launcher, from a checkout that is already built, with what every Debian has. */
class LauncherTest {
    private static final String MODEL = "gr\u00f6\u00dfe \u00e4.onnx";

    @TempDir
    private Path folder;

    private record Ended(int exit, String out, String err) {}

    /** A checkout with the launcher and one jar that names the class path of this test. */
    private Path checkout(String name) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Path launcher = Files.copy(Path.of("../hone"), home.resolve("hone"));
        Path lib = Files.createDirectories(home.resolve("cli/target/lib"));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(lib.resolve("all.jar")), manifest).close();
        Files.writeString(lib.resolve(".built"), "\n");
        return launcher;
    }

    private ProcessBuilder process(Path launcher, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().remove("HONE_JAVA_OPTS");
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        return builder;
    }

    private Ended run(ProcessBuilder builder) throws IOException, InterruptedException {
        Path err = Files.createTempFile(folder, "err", ".txt");
        Process process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out, Files.readString(err));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "c:d", "\u00fc %20\u00df", "it's"})
    void startsFromAnyFolderThroughALink(String name) throws IOException, InterruptedException {
        Path link = Files.createSymbolicLink(folder.resolve("a link"), checkout(name));
        Ended ended = run(process(link, "--version"));
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).startsWith("hone ");
        assertThat(ended.exit()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "de_DE.ISO-8859-1", "fa_IR"})
    void namesAreUtf8WhateverTheLocale(String locale) throws IOException, InterruptedException {
        Path model = Files.copy(Commands.model(), folder.resolve(MODEL));
        ProcessBuilder builder = process(checkout("home"), "show", MODEL, "--json");
        builder.environment().put("LC_ALL", locale);
        builder.environment().put("LANG", locale);
        Ended ended = run(builder);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains(model.getFileName().toString());
        assertThat(ended.exit()).isZero();
        // Errors too.
        ProcessBuilder missing = process(folder.resolve("home/hone"), "show", "\u00f6.onnx");
        missing.environment().put("LC_ALL", locale);
        assertThat(run(missing).err()).contains("\u00f6.onnx");
    }

    @Test
    void saysInALineThatNamesCannotBeRead() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dsun.jnu.encoding=ANSI_X3.4-1968",
                Hone.class.getName(),
                "show",
                "\u00f6.onnx");
        builder.environment().put("LC_ALL", "C");
        Ended ended = run(builder);
        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.err())
                .startsWith("hone: the locale's encoding is ANSI")
                .hasLineCount(1);
    }

    @Test
    void javaMayBeInAFolderWithSpaces() throws IOException, InterruptedException {
        Path java = Files.createSymbolicLink(folder.resolve("java home"), Path.of(System.getProperty("java.home")));
        ProcessBuilder builder = process(checkout("home"), "--version");
        builder.environment().put("JAVA_HOME", java.toString());
        assertThat(run(builder).out()).startsWith("hone ");
    }

    @Test
    void tellsThatItsOutputWasNotWritten() throws IOException, InterruptedException {
        Path launcher = checkout("home");
        Files.copy(Commands.model(), folder.resolve("m.onnx"));
        for (String redirection : List.of("> /dev/full", ">&-", "| exec true")) {
            String script = "{ \"$0\" show m.onnx --json --nodes; echo \"exit $?\" >&2; } " + redirection;
            ProcessBuilder builder = process(Path.of("/bin/sh"), "-c", script, launcher);
            Ended ended = run(builder);
            assertThat(ended.err())
                    .as(redirection)
                    .startsWith("hone: standard output ")
                    .endsWith("exit 1\n")
                    .hasLineCount(2);
        }
    }

    @Test
    void whatItPrintsToIsNotItsOutput() throws IOException, InterruptedException {
        Path launcher = checkout("home");
        for (String output : List.of("/dev/stdout", "printed.txt", "./printed.txt")) {
            String script = "\"$0\" predict '" + Commands.model() + "' '" + Commands.data() + "' --csv " + output;
            ProcessBuilder builder = process(Path.of("/bin/sh"), "-c", script + " > printed.txt", launcher);
            Ended ended = run(builder);
            assertThat(ended.err())
                    .startsWith("hone: " + output + " is the file that")
                    .hasLineCount(1);
            assertThat(ended.exit()).isEqualTo(2);
            assertThat(folder.resolve("printed.txt")).isEmptyFile();
        }
    }

    /** Here it fails at once, without a project to build. */
    @Test
    void aBuildWritesNoEscapeSequencesIntoFiles() throws IOException, InterruptedException {
        Path launcher = checkout("home");
        Files.delete(folder.resolve("home/cli/target/lib/.built"));
        Files.writeString(folder.resolve("home/pom.xml"), "<project>");
        ProcessBuilder builder = process(launcher, "--version");
        builder.environment().put("MAVEN_ARGS", "--offline");
        Ended ended = run(builder);
        assertThat(ended.exit()).isNotZero();
        assertThat(ended.err()).contains("Building Hone").doesNotContain("\u001b");
    }

    @Test
    void progressInAFileIsWrittenInLines() throws IOException, InterruptedException {
        Path launcher = checkout("home");
        for (String redirection : List.of("", " 2>err.txt")) {
            String command = "'" + launcher + "' predict '" + Commands.model() + "' '" + Commands.data()
                    + "' --csv predictions.csv" + redirection;
            Ended ended = run(process(Path.of("/usr/bin/script"), "-qec", command, "/dev/null"));
            assertThat(ended.exit()).isZero();
            // A bar, which overwrites its own line.
            assertThat(ended.out().contains("predicting")).isEqualTo(redirection.isEmpty());
        }
        assertThat(folder.resolve("err.txt")).content().doesNotContain("\u001b", "\r");
    }

    @Test
    void aHangUpSavesACheckpoint() throws IOException, InterruptedException {
        Path launcher = checkout("home");
        Path output = folder.resolve("m.onnx");
        ProcessBuilder training = process(
                launcher, "train", Commands.data(), "-o", output, "--epochs", 400, "--width", 0.25, "--cache", folder);
        if (ignoresHangUp()) {
            training.command().addAll(0, List.of("env", "--default-signal=HUP"));
        }
        assertThat(hungUp(training)).isEqualTo(130);
        assertThat(folder.resolve("m.onnx.checkpoint")).exists();
        try (Session best = Session.open(output, SessionOptions.defaults())) {
            assertThat(best.inputs()).as("the best model so far").hasSize(1);
        }
    }

    /** Under nohup, processes ignore the signal, and what they start does too. */
    private static boolean ignoresHangUp() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) == 1);
    }

    private static int hungUp(ProcessBuilder training) throws IOException, InterruptedException {
        Process process = training.redirectErrorStream(true).start();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("epoch ")) {
                    new ProcessBuilder("sh", "-c", "kill -HUP " + process.pid())
                            .start()
                            .waitFor();
                }
            }
        } finally {
            process.destroy();
        }
        return process.waitFor();
    }
}
