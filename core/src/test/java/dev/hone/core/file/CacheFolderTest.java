package dev.hone.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {
    @TempDir
    private Path folder;

    @Test
    void neverDependsOnTheCurrentDirectory() {
        for (String home : new String[] {"?", "", "/", ".", "relative", "/nonexistent/home", "\0"}) {
            List<Path> places = CacheFolder.places(Map.of("XDG_CACHE_HOME", "cache", "HOME", home), home, "tmp");
            assertThat(places).as(home).isEmpty();
        }
        assertThatThrownBy(() -> CacheFolder.open(List.of(), f -> Optional.empty()))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("XDG_CACHE_HOME");
    }

    @Test
    void asksTheEnvironmentFirstThenTheHomeThenTheTemporaryFolder() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        List<Path> places = CacheFolder.places(
                Map.of("XDG_CACHE_HOME", folder.resolve("xdg").toString(), "HOME", home.toString()),
                home.toString(),
                temporary.toString());
        Object user = Files.getAttribute(folder, "unix:uid");
        assertThat(places)
                .containsExactly(
                        folder.resolve("xdg/hone"), home.resolve(".cache/hone"), temporary.resolve("hone-" + user));
    }

    @Test
    void makesAFolderThatOnlyThisUserCanWrite() throws IOException {
        Path made = folder.resolve("a/hone");
        assertThat(CacheFolder.fault(made)).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rwx------");
    }

    @Test
    void passesOverWhatOthersCanWrite() throws IOException {
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(CacheFolder.fault(open)).hasValue("can be written by other users");
        assertThat(CacheFolder.fault(open.resolve("hone")).orElseThrow()).contains("other users can rename");
        Path link = Files.createSymbolicLink(folder.resolve("link"), open);
        assertThat(CacheFolder.fault(link)).isPresent();
        Path mine = folder.resolve("mine");
        assertThat(CacheFolder.open(List.of(open, mine), f -> Optional.empty())).isEqualTo(mine);
    }

    @Test
    void passesOverWhatIsNoFolder() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(CacheFolder.fault(file)).isPresent();
        assertThat(CacheFolder.fault(file.resolve("hone"))).isPresent();
        assertThatThrownBy(() -> CacheFolder.open(List.of(file), f -> Optional.empty()))
                .hasMessageContaining(file.toString());
    }
}
