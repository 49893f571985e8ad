package dev.hone.vision.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hone.data.DataSet;
import dev.hone.data.SeededRandom;
import dev.hone.data.Split;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.Resize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticSurfacesTest {
    @TempDir
    Path folder;

    @Test
    void writesAReproducibleDataSetWithMasks() throws IOException {
        SyntheticSurfaces surfaces = new SyntheticSurfaces(48, 3, 1, 2, 4);
        surfaces.write(folder.resolve("a"));
        surfaces.write(folder.resolve("b"));
        DataSet a = DataSet.open(folder.resolve("a"));
        assertThat(a.classes()).containsExactly("crack", "dent", "good", "scratch", "spot", "stain");
        assertThat(a.counts(Split.TRAIN)).containsOnly(3);
        assertThat(a.counts(Split.VALIDATION)).containsOnly(1);
        assertThat(a.counts(Split.TEST)).containsOnly(2);
        assertThat(a.notices()).isEmpty();
        assertThat(a.revision().notices()).isEmpty();
        assertThat(DataSet.open(folder.resolve("b")).revision().id())
                .isEqualTo(a.revision().id());
        assertThat(a.samples()).allSatisfy(s -> assertThat(s.mask().isPresent())
                .isEqualTo(!a.classes().get(s.label()).equals("good")));
        new SyntheticSurfaces(48, 3, 1, 2, 5).write(folder.resolve("c"));
        assertThat(DataSet.open(folder.resolve("c")).revision().id())
                .isNotEqualTo(a.revision().id());
        assertThatThrownBy(() -> surfaces.write(folder.resolve("a"))).hasMessageContaining("is not empty");
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).hasSize(3);
        }
    }

    @Test
    void foldersHaveTheModeThatNewFoldersHave() throws IOException {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Path usual = Files.createDirectory(folder.resolve("usual"));
        new SyntheticSurfaces(48, 1, 0, 0, 4).write(folder.resolve("a"));
        for (String name : new String[] {"a", "a/train", "a/train/good"}) {
            assertThat(Files.getPosixFilePermissions(folder.resolve(name)))
                    .as(name)
                    .isEqualTo(Files.getPosixFilePermissions(usual));
        }
    }

    /** The same surface with and without its defect differs on the mask, and hardly anywhere else. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GOOD")
    void maskLiesOnTheDefect(Defect defect) {
        for (Texture texture : Texture.values()) {
            for (int seed = 0; seed < 2; seed++) {
                Surface with = Surface.generate(texture, defect, 96, 1, new SeededRandom(seed));
                Surface without = Surface.generate(texture, defect, 96, 0, new SeededRandom(seed));
                double[] difference = new double[2];
                int[] count = new int[2];
                for (int i = 0; i < 96 * 96; i++) {
                    int on = with.mask().pixels()[i] != 0 ? 1 : 0;
                    difference[on] += Math.abs(
                            (with.image().pixels()[i] & 0xff) - (without.image().pixels()[i] & 0xff));
                    count[on]++;
                }
                assertThat(count[1]).as("%s on %s", defect, texture).isBetween(8, 96 * 96 / 2);
                assertThat(difference[1] / count[1])
                        .as("%s on %s, seed %s", defect, texture, seed)
                        .isGreaterThan(8)
                        .isGreaterThan(5 * difference[0] / count[0]);
            }
        }
    }

    /** A nearest-mean classifier on thumbnails, and one on brightness, stay near chance level, 1/6. */
    @Test
    void trivialClassifiersFail() {
        int classes = Defect.values().length;
        SyntheticSurfaces surfaces = new SyntheticSurfaces(64, 60, 0, 30, 1);
        double[][] means = new double[classes][64];
        double[] brightness = new double[classes];
        for (Defect d : Defect.values()) {
            for (int i = 0; i < 60; i++) {
                double[] x = small(surfaces.generate(d, 0, i).image());
                for (int k = 0; k < 64; k++) {
                    means[d.ordinal()][k] += x[k] / 60;
                    brightness[d.ordinal()] += x[k] / 60 / 64;
                }
            }
        }
        int right = 0;
        int rightByBrightness = 0;
        for (Defect d : Defect.values()) {
            for (int i = 0; i < 30; i++) {
                double[] x = small(surfaces.generate(d, 2, i).image());
                double mean = 0;
                for (double v : x) {
                    mean += v / 64;
                }
                int best = 0;
                int bestByBrightness = 0;
                double[] distance = new double[classes];
                for (int c = 0; c < classes; c++) {
                    for (int k = 0; k < 64; k++) {
                        distance[c] += Math.pow(x[k] - means[c][k], 2);
                    }
                    best = distance[c] < distance[best] ? c : best;
                    bestByBrightness = Math.abs(mean - brightness[c]) < Math.abs(mean - brightness[bestByBrightness])
                            ? c
                            : bestByBrightness;
                }
                right += best == d.ordinal() ? 1 : 0;
                rightByBrightness += bestByBrightness == d.ordinal() ? 1 : 0;
            }
        }
        assertThat(right / 180.0).isLessThan(0.3);
        assertThat(rightByBrightness / 180.0).isLessThan(0.3);
    }

    private static double[] small(Image image) {
        Image reduced = Resize.stretch(image, 8, 8);
        double[] x = new double[64];
        for (int k = 0; k < 64; k++) {
            x[k] = reduced.pixels()[k] & 0xff;
        }
        return x;
    }

    @Test
    void failedWriteNamesTheFolderAndLeavesNoPartialFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("plain"), "x");
        assertThatThrownBy(() -> new SyntheticSurfaces(48, 1, 0, 0, 1).write(file.resolve("set")))
                .hasMessageContaining("set: cannot be written");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }
}
