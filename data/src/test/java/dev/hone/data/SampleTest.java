package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleTest {
    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "x");
    }

    private Sample sample(String name) {
        return Sample.ofFile(folder.resolve(name), name, 0, Split.TEST, "");
    }

    /** In a CSV, paths may be whole, or lead out of its folder. */
    @Test
    void aPhotographIsNotItsOwnMask() throws IOException {
        Path image = file("photos/a.png");
        Path masks = Files.createDirectories(folder.resolve("photos/masks"));
        for (Sample sample : new Sample[] {sample(image.toString()), sample("photos/masks/../a.png")}) {
            assertThat(sample.mask()).isEmpty();
            assertThat(sample.mask(masks)).isEmpty();
        }
        assertThat(Sample.ofFile(image, "../a.png", 0, Split.TEST, "").mask(masks))
                .isEmpty();
        Path mask = file("photos/masks/a.png");
        assertThat(sample(image.toString()).mask(masks)).contains(mask);
    }

    @Test
    void aGivenFolderHasMasksWithOrWithoutFolders() throws IOException {
        Path masks = folder.resolve("drawn");
        Path flat = file("drawn/b.png");
        assertThat(sample("bad/b.jpg").mask(masks)).contains(flat);
        Path deep = file("drawn/bad/b.png");
        assertThat(sample("bad/b.jpg").mask(masks)).contains(deep);
        assertThat(sample("bad/c.jpg").mask(masks)).isEmpty();
    }
}
