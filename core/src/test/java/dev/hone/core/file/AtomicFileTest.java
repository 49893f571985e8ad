package dev.hone.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
}
