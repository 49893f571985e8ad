package dev.hone.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
    @Test
    void unpacksOnceAndReplacesDamagedFiles(@TempDir Path cache) throws IOException {
        Path folder = NativeLibraries.unpack(cache);
        Path library;
        try (Stream<Path> files = Files.list(folder)) {
            library = files.filter(f -> f.toString().contains("4j_jni"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(library);
        FileTime past = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(library, past);
        assertThat(NativeLibraries.unpack(cache)).isEqualTo(folder);
        assertThat(Files.getLastModifiedTime(library)).isEqualTo(past);

        Files.write(library, new byte[100]);
        NativeLibraries.unpack(cache);
        assertThat(Files.readAllBytes(library)).isEqualTo(whole);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).noneMatch(f -> f.getFileName().toString().startsWith("unpacking"));
        }
    }
}
