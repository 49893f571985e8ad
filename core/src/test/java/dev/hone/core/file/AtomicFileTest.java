package dev.hone.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The target is either the complete new file or the old one, and no temporary file remains. */
class AtomicFileTest {
    @TempDir
    private Path folder;

    private String names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return String.join(
                    " ", files.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void theOldFileRemainsUntilTheCommit() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old");
        try (AtomicFile whole = AtomicFile.beside(file)) {
            whole.write(out -> out.write("new".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            whole.sync();
            assertThat(file).hasContent("old");
            whole.commit();
            assertThat(file).hasContent("new");
        }
        assertThat(names()).isEqualTo("a");
    }

    @Test
    void aFailureKeepsTheOldFileAndRemovesTheTemporaryOne() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old");
        assertThatThrownBy(() -> AtomicFile.write(file, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("full");
                }))
                .hasMessage("full");
        assertThat(file).hasContent("old");
        assertThat(names()).isEqualTo("a");
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("none/b"), out -> {}))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aSymbolicLinkIsKept() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        AtomicFile.write(link, out -> out.write('x'));
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("x");
    }

    @Test
    void theFileHasTheUsualPermissions() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "x");
        Path file = folder.resolve("a");
        AtomicFile.write(file, out -> out.write('x'));
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(plain));
    }

    @Test
    void aLinkToWhatIsNotThereYetIsFollowed() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("inside/new"));
        AtomicFile.write(link, out -> out.write('x'));
        assertThat(link).isSymbolicLink();
        assertThat(inside.resolve("new")).hasContent("x");
        Path loop = folder.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        assertThatThrownBy(() -> AtomicFile.write(loop, out -> {})).isInstanceOf(IOException.class);
    }

    @Test
    void aLinkLeadsOnFromTheFolderWhereItIs() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("a/deep"));
        Files.createSymbolicLink(deep.resolve("link"), Path.of("../new"));
        Path other = Files.createDirectory(folder.resolve("b"));
        Path byLink = Files.createSymbolicLink(other.resolve("short"), deep);
        AtomicFile.write(byLink.resolve("link"), out -> out.write('x'));
        assertThat(folder.resolve("a/new")).hasContent("x");
        assertThat(other.resolve("new")).doesNotExist();
    }

    @Test
    void theModeOfWhatIsReplacedStays() throws IOException {
        for (String mode : new String[] {"rw-------", "rw-rw-r--", "r--r-----"}) {
            Path file = Files.writeString(folder.resolve(mode), "old");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            try (AtomicFile whole = AtomicFile.beside(file)) {
                try (Stream<Path> parts = Files.list(folder)) {
                    Path part = parts.filter(f -> f.toString().endsWith(".part"))
                            .findFirst()
                            .orElseThrow();
                    // Not even while it is written can others read it.
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part)))
                            .isEqualTo(mode);
                }
                whole.commit();
            }
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo(mode);
        }
    }

    @Test
    void whatAKilledProcessLeftBehindIsSwept() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        String uuid = "-123e4567-e89b-12d3-a456-426614174000.part";
        Path stale = Files.createFile(folder.resolve(".hone-" + ended.pid() + uuid));
        Path own = Files.createFile(
                folder.resolve(".hone-" + ProcessHandle.current().pid() + uuid));
        Path alive = Files.createFile(folder.resolve(
                ".hone-" + ProcessHandle.current().parent().orElseThrow().pid() + uuid));
        Path foreign = Files.createFile(folder.resolve(".other-1" + uuid));
        Path unlike = Files.createFile(folder.resolve(".hone-x.part"));
        AtomicFile.write(folder.resolve("a"), out -> out.write('x'));
        assertThat(stale).doesNotExist();
        assertThat(own).doesNotExist();
        assertThat(alive).exists();
        assertThat(foreign).exists();
        assertThat(unlike).exists();
    }

    /** Two threads begin at once: one sweeps while the other has named its file and not locked it yet. */
    @Test
    void whatAnotherThreadHasNamedIsNotSwept() throws IOException {
        Path part = Files.createFile(Leftovers.name(folder));
        Leftovers.sweep(folder);
        assertThat(part).exists();
        Leftovers.done(part);
    }

    /** Processes in different containers do not see each other's numbers. */
    @Test
    void whatAProcessElsewhereWritesIsNotSwept() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Path part = folder.resolve(".hone-" + ended.pid() + "-123e4567-e89b-12d3-a456-426614174000.part");
        Process writer = java(Writer.class, part);
        try {
            assertThat(writer.inputReader().readLine()).isEqualTo("locked true");
            Leftovers.sweep(folder);
            assertThat(part).exists();
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    /** A process that locks a temporary file, says so and waits. */
    static final class Writer {
        public static void main(String[] arguments) throws Exception {
            try (FileChannel channel = FileChannel.open(
                            Path.of(arguments[0]), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
                    FileLock lock = channel.tryLock()) {
                System.out.println("locked " + (lock != null));
                Thread.sleep(60_000);
            }
        }
    }

    @Test
    void whatIsWrittenIsLocked() throws IOException {
        try (AtomicFile whole = AtomicFile.beside(folder.resolve("a"));
                FileChannel channel = FileChannel.open(whole.part(), StandardOpenOption.WRITE)) {
            assertThatThrownBy(channel::tryLock).isInstanceOf(OverlappingFileLockException.class);
        }
    }

    private static Process java(Class<?> main, Path argument) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        argument.toString())
                .start();
    }

    @Test
    void twoFilesAreWrittenAtATime() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        try (AtomicFile first = AtomicFile.beside(other.resolve("a"));
                AtomicFile second = AtomicFile.beside(other.resolve("b"))) {
            first.write(out -> out.write('1'));
            second.write(out -> out.write('2'));
            second.commit();
            first.commit();
        }
        assertThat(other.resolve("a")).hasContent("1");
        assertThat(other.resolve("b")).hasContent("2");
    }

    @Test
    void aNameAsLongAsTheFileSystemTakes() throws IOException {
        Path file = folder.resolve("n".repeat(255));
        AtomicFile.write(file, out -> out.write('x'));
        assertThat(file).hasContent("x");
    }

    @Test
    void anOutputIsHeldByOneAtATime() throws IOException {
        Path output = folder.resolve("out");
        Path link = Files.createSymbolicLink(folder.resolve("link"), output);
        try (OutputLock lock = OutputLock.take(output).orElseThrow()) {
            assertThat(lock).isNotNull();
            assertThat(OutputLock.take(link)).isEmpty();
            // What a file system without holes writes for each output, and a limit on files must leave room for.
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files.filter(file -> file.toString().endsWith(".lock")))
                        .allMatch(file -> file.toFile().length() <= 1 << 16);
            }
            OutputLock.take(folder.resolve("other")).orElseThrow().close();
        }
        OutputLock.take(link).orElseThrow().close();
        assertThat(names()).isEqualTo("link");
    }

    /** A process that takes a lock, says so and waits. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            try (OutputLock lock = OutputLock.take(Path.of(arguments[0])).orElseThrow()) {
                System.out.println("held " + (lock != null));
                Thread.sleep(60_000);
            }
        }
    }

    @Test
    void aLockEndsWithItsProcess() throws IOException, InterruptedException {
        Path output = folder.resolve("out");
        Process holder = java(Holder.class, output);
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("held true");
            assertThat(OutputLock.take(output)).isEmpty();
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertThat(names()).endsWith(".lock");
        OutputLock.take(output).orElseThrow().close();
        assertThat(names()).isEmpty();
    }
}
