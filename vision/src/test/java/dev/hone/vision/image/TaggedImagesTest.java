package dev.hone.vision.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.vision.Vectors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files whose headers decide how they are read, written by make_tagged.py, which knows their pixels. */
class TaggedImagesTest {
    private static final Map<String, byte[]> FILES = files();

    @TempDir
    Path folder;

    private static Map<String, byte[]> files() {
        Map<String, byte[]> files = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(Vectors.bytes("tagged.zip")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static Stream<String[]> cases() {
        return new String(FILES.get("cases.txt"), StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.split("\\|", -1));
    }

    static Stream<String[]> readable() {
        return cases().filter(c -> !c[1].equals("!"));
    }

    static Stream<String[]> refused() {
        return cases().filter(c -> c[1].equals("!"));
    }

    private Path file(String name) throws IOException {
        return Files.write(folder.resolve(name), FILES.get(name));
    }

    @ParameterizedTest
    @MethodSource("readable")
    void pixelsAreThoseThatTheHeaderDescribes(String name, String shape, String tolerance, String note)
            throws IOException {
        Path file = file(name);
        String[] sides = shape.split(" ");
        Image expected = new Image(
                Integer.parseInt(sides[0]),
                Integer.parseInt(sides[1]),
                Integer.parseInt(sides[2]),
                FILES.get(name + ".bin"));
        assertThat(Vectors.difference(ImageFiles.read(file), expected))
                .isLessThanOrEqualTo(Integer.parseInt(tolerance));
        assertThat(ImageFiles.size(file)).isEqualTo(new ImageFiles.Size(expected.height(), expected.width()));
        List<String> notes = new ArrayList<>();
        Image sized = ImageFiles.read(
                file, expected.channels(), expected.height(), expected.width(), Resize.Mode.STRETCH, notes::add);
        assertThat(Vectors.difference(sized, expected)).isLessThanOrEqualTo(Integer.parseInt(tolerance));
        if (note.isEmpty()) {
            assertThat(notes).isEmpty();
        } else {
            assertThat(notes).singleElement().asString().contains(note);
        }
    }

    @ParameterizedTest
    @MethodSource("refused")
    void othersAreRefusedInALine(String name, String mark, String reason) throws IOException {
        Path file = file(name);
        String start = file + ": ";
        assertThatThrownBy(() -> ImageFiles.read(file))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith(start)
                .message()
                .doesNotContain("\n")
                // Some names have the word, too.
                .satisfies(
                        message -> assertThat(message.substring(start.length())).contains(reason));
    }
}
