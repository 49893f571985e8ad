package dev.hone.jobs.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.option.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class InputFilesTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void files() throws IOException {
        for (String name : List.of(
                "b.png",
                "a.JPG",
                "a.png",
                "notes.txt",
                ".hidden.png",
                "[1].png",
                "x/1.tif",
                "x/deep/2.bmp",
                "masks/b.png")) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }

    private List<String> found(Path excluded, String... inputs) {
        List<String> names = new ArrayList<>();
        InputFiles files = files(excluded, inputs);
        files.forEach(f -> names.add(folder.relativize(f.file()).toString().replace('\\', '/')));
        assertThat(files.count().files()).isEqualTo(names.size());
        return names;
    }

    private InputFiles files(Path excluded, String... inputs) {
        return new InputFiles(Stream.of(inputs).map(folder::resolve).toList(), FileKind.IMAGES, excluded);
    }

    @Test
    void folderAtAnyDepthInOrderWithoutHiddenFilesMasksAndOthers() {
        assertThat(found(null, ".")).containsExactly("[1].png", "a.JPG", "b.png", "x/1.tif", "x/deep/2.bmp");
        assertThat(files(null, ".").count().notices())
                .hasSize(2)
                .anyMatch(
                        n -> n.endsWith("1 file skipped, not images by their names (PNG, JPEG, BMP, TIFF): notes.txt"))
                .anyMatch(n -> n.contains("masks of images"));
    }

    @Test
    void patterns() {
        assertThat(found(null, "*.png")).containsExactly("[1].png", "a.png", "b.png");
        assertThat(found(null, "?.{png,JPG}")).containsExactly("a.JPG", "a.png", "b.png");
        assertThat(found(null, "x/*/*.bmp")).containsExactly("x/deep/2.bmp");
        assertThat(found(null, "x/**/*.*")).containsExactly("x/1.tif", "x/deep/2.bmp");
        assertThat(found(null, "**/**/2.bmp")).containsExactly("x/deep/2.bmp");
        assertThat(found(null, "[x]")).containsExactly("x/1.tif", "x/deep/2.bmp");
    }

    @Test
    void existingNameIsNoPattern() throws IOException {
        assertThat(found(null, "[1].png")).containsExactly("[1].png");
        Files.createFile(folder.resolve("1.png"));
        assertThat(found(null, "[1].png")).containsExactly("[1].png");
        assertThat(found(null, "[12].png")).containsExactly("1.png");
        Path odd = Files.createDirectories(folder.resolve("odd*{1}"));
        Files.createFile(odd.resolve("c.png"));
        assertThat(found(null, "odd*{1}/*.png")).containsExactly("odd*{1}/c.png");
    }

    @Test
    void severalInputsAndAnExcludedFolder() {
        assertThat(found(folder.resolve("x/deep"), "x", "b.png", "nosuch.png"))
                .containsExactly("x/1.tif", "b.png", "nosuch.png");
    }

    /** Without the check for loops it would not end. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void linksThatLoopAndThatLeadNowhereAndPipesAreSkipped() throws Exception {
        Files.createSymbolicLink(folder.resolve("x/loop"), folder.resolve("x"));
        Files.createSymbolicLink(folder.resolve("x/above"), folder);
        Files.createSymbolicLink(folder.resolve("x/gone.png"), Path.of("nowhere"));
        assertThat(found(null, "x")).containsExactly("x/1.tif", "x/deep/2.bmp");
        assertThat(String.join("\n", files(null, "x").count().notices()))
                .contains("loop is a link to a folder above it")
                .contains("above is a link to a folder above it")
                .contains("gone.png is a link to nothing");
        assertThat(found(null, "x/**/*.bmp")).containsExactly("x/deep/2.bmp");
    }

    @Test
    void nothingFoundIsSaid() {
        assertThatThrownBy(() -> files(null, "*.gif").count())
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("matches no file");
        assertThatThrownBy(() -> files(null, "*.txt").count())
                .hasMessageContaining("holds no images")
                .hasMessageContaining("notes.txt");
    }

    @Test
    void tablesAreFoundByTheirNames() throws IOException {
        Files.createFile(folder.resolve("x/t.CSV"));
        InputFiles files = new InputFiles(List.of(folder), FileKind.TABLES, null);
        assertThat(files).extracting(FoundFile::name).containsExactly(Path.of("x/t.CSV"));
    }
}
