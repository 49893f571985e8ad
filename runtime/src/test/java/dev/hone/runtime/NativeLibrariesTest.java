package dev.hone.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
    @TempDir
    private Path folder;

    /** Main class of a process that loads the library. */
    static final class Version {
        public static void main(String[] arguments) {
            try {
                System.out.print(Session.runtimeVersion() + " " + System.getProperty("onnxruntime.native.path"));
            } catch (HoneException e) {
                System.out.print(e.getMessage());
            }
        }
    }

    private static Path unpack(Path... places) throws IOException {
        try (JarFile jar = NativeLibraries.jar()) {
            return NativeLibraries.unpack(jar, NativeLibraries.libraries(jar), List.of(places));
        }
    }

    private static Path library(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().contains("4j_jni"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void unpacksOnceAndReplacesDamagedFiles() throws IOException {
        Path cache = folder.resolve("cache");
        Path libraries = unpack(cache);
        Path library = library(libraries);
        byte[] whole = Files.readAllBytes(library);
        FileTime past = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(library, past);
        assertThat(unpack(cache)).isEqualTo(libraries);
        assertThat(Files.getLastModifiedTime(library)).isEqualTo(past);

        Files.write(library, new byte[100]);
        unpack(cache);
        assertThat(Files.readAllBytes(library)).isEqualTo(whole);
        try (Stream<Path> files = Files.list(libraries)) {
            assertThat(files).noneMatch(f -> f.getFileName().toString().endsWith(".part"));
        }
    }

    @Test
    void replacesAlteredFilesOfTheSameSize() throws IOException {
        Path cache = folder.resolve("cache");
        Path library = library(unpack(cache));
        byte[] whole = Files.readAllBytes(library);
        byte[] altered = whole.clone();
        altered[altered.length / 2] ^= 1;
        Files.write(library, altered);
        unpack(cache);
        assertThat(Files.readAllBytes(library)).isEqualTo(whole);

        Path elsewhere = Files.write(folder.resolve("other.so"), whole);
        Files.delete(library);
        Files.createSymbolicLink(library, elsewhere);
        unpack(cache);
        assertThat(Files.isSymbolicLink(library)).isFalse();

        // The second is not taken for a sign that the place is mounted noexec.
        for (String mode : List.of("rwxrwxrwx", "rw-r--r--")) {
            Files.setPosixFilePermissions(library, PosixFilePermissions.fromString(mode));
            unpack(cache);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(library)))
                    .isEqualTo("rwxr-xr-x");
        }
    }

    @Test
    void takesTheNextPlaceWhereOthersCanWrite() throws IOException {
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path file = Files.createFile(folder.resolve("file"));
        Path mine = folder.resolve("mine");
        assertThat(unpack(open, open.resolve("hone"), file, mine).getParent()).isEqualTo(mine);
        assertThatThrownBy(() -> unpack(open, file))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining(open + ": can be written by other users")
                .hasMessageContaining(file.toString());
    }

    private String version(String... properties) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Stream.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                        .map(p -> Path.of(p).toAbsolutePath().toString())
                        .collect(java.util.stream.Collectors.joining(java.io.File.pathSeparator))));
        command.addAll(List.of(properties));
        command.add(Version.class.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Path directory = folder.resolve("directory");
        builder.directory(Files.createDirectories(directory).toFile());
        builder.environment().put("XDG_CACHE_HOME", "relative");
        builder.environment().remove("HOME");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(directory).isEmptyDirectory();
        return output;
    }

    @Test
    void loadsNothingFromTheCurrentDirectoryForAUserWithoutAHome() throws IOException, InterruptedException {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        String output = version("-Duser.home=?", "-Djava.io.tmpdir=" + temporary);
        assertThat(output).startsWith(Session.runtimeVersion() + " " + temporary.resolve("hone-"));
    }

    @Test
    void saysInALineWhereNothingCanBeWritten() throws IOException, InterruptedException {
        String output = version("-Duser.home=?", "-Djava.io.tmpdir=" + folder.resolve("missing"));
        assertThat(output)
                .startsWith("ONNX Runtime's library has no place: ")
                .contains("XDG_CACHE_HOME")
                .doesNotContain("\n");
    }

    @Test
    void takesTheFolderOfTheProgramWhereThatIsNotOpenToOthers() throws IOException, InterruptedException {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Path installed = folder.resolve("native");
        String[] properties = {"-Duser.home=?", "-Djava.io.tmpdir=" + temporary, "-Dhone.native.path=" + installed};
        assertThat(version(properties)).isEqualTo(Session.runtimeVersion() + " " + installed);
        Files.setPosixFilePermissions(installed, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(version(properties)).startsWith(Session.runtimeVersion() + " " + temporary.resolve("hone-"));
    }
}
