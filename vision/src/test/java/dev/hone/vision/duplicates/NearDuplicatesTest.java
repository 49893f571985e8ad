package dev.hone.vision.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.SeededRandom;
import dev.hone.data.Split;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NearDuplicatesTest {
    @TempDir
    private static Path folder;

    private static DataSet surfaces;

    @BeforeAll
    static void draw() {
        new SyntheticSurfaces(128, 12, 4, 4, 7).write(folder.resolve("surfaces"));
        surfaces = DataSet.open(folder.resolve("surfaces"));
    }

    private static LikeImages find(DataSet set) {
        return NearDuplicates.find(set, null, Progress.NONE);
    }

    private static Image image(int index) {
        return ImageFiles.read(surfaces.samples().get(index).file()).withChannels(1);
    }

    private static Image changed(Image in, IntBinaryOperator source) {
        Image out = Image.black(1, in.height(), in.width());
        for (int y = 0; y < in.height(); y++) {
            for (int x = 0; x < in.width(); x++) {
                out.set(0, y, x, source.applyAsInt(y, x));
            }
        }
        return out;
    }

    /** Brighter, with another gradient of light, another contrast, and noise. */
    private static Image relit(Image in) {
        SeededRandom random = new SeededRandom(in.at(0, 0, 0));
        return changed(in, (y, x) -> (int) Math.round(
                0.55 * in.at(0, y, x) + 20 + 60.0 * x / in.width() + 20.0 * y / in.height() + random.gaussian()));
    }

    /** Another frame: 4 % cut off at the left and top, 2 % at the other sides. */
    private static Image reframed(Image in) {
        int h = in.height();
        int w = in.width();
        return in.crop(h / 25, w / 25, h - h / 25 - h / 50, w - w / 25 - w / 50);
    }

    private static Image half(Image in) {
        return Resize.stretch(in, in.height() / 2, in.width() / 2);
    }

    /** The surfaces with further images made of some of them. */
    private static DataSet with(Map<Integer, Path> planted) {
        List<Sample> samples = new ArrayList<>(surfaces.samples());
        planted.forEach((of, file) -> samples.add(
                Sample.ofFile(file, "planted/" + of, surfaces.samples().get(of).label(), Split.TRAIN, "")));
        return DataSet.of("surfaces", surfaces.classes(), samples);
    }

    private static Path png(String name, Image image) {
        Path file = folder.resolve(name);
        ImageFiles.writePng(image, file);
        return file;
    }

    private static Path jpeg(String name, Image in) {
        BufferedImage out = new BufferedImage(in.width(), in.height(), BufferedImage.TYPE_BYTE_GRAY);
        out.getRaster().setDataElements(0, 0, in.width(), in.height(), in.pixels());
        try {
            Path file = folder.resolve(name);
            ImageIO.write(out, "jpg", file.toFile());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void surfacesOfOneKindAreNotDuplicates() {
        LikeImages found = find(surfaces);
        assertThat(found.pairs()).isEmpty();
        assertThat(found.grouped()).isZero();
    }

    /** Changes that make a near duplicate, each of several images. */
    private enum Plant {
        RELIT(LikePair.Kind.ALIKE),
        REFRAMED(LikePair.Kind.ALIKE),
        JPEG(LikePair.Kind.ALIKE),
        HALF(LikePair.Kind.ALIKE),
        TURNED(LikePair.Kind.TURNED),
        UPSIDE_DOWN(LikePair.Kind.TURNED),
        MIRRORED(LikePair.Kind.TURNED),
        EQUAL(LikePair.Kind.EQUAL);

        private final LikePair.Kind kind;

        Plant(LikePair.Kind kind) {
            this.kind = kind;
        }

        Path of(Image in, String name) {
            int last = in.height() - 1;
            return switch (this) {
                case RELIT -> png(name, relit(in));
                case REFRAMED -> png(name, reframed(in));
                case JPEG -> jpeg(name, in);
                case HALF -> png(name, half(in));
                case TURNED -> png(name, changed(in, (y, x) -> in.at(0, last - x, y)));
                case UPSIDE_DOWN -> png(name, changed(in, (y, x) -> in.at(0, last - y, last - x)));
                case MIRRORED -> png(name, changed(in, (y, x) -> in.at(0, y, last - x)));
                case EQUAL -> png(name, in);
            };
        }
    }

    /**
     * A fabric's weave fits itself at many shifts and stretches, so that another frame of it may be missed; nothing else is,
     * and nothing is found that was not planted.
     */
    @Test
    void plantedOnesAreFoundAndNoOthers() {
        Map<Integer, Path> planted = new TreeMap<>();
        Map<Integer, Plant> plants = new HashMap<>();
        int size = surfaces.samples().size();
        for (int k = 0; k < 40; k++) {
            int of = k * (size / 40);
            plants.put(of, Plant.values()[k % Plant.values().length]);
            planted.put(of, plants.get(of).of(image(of), "planted" + k));
        }
        DataSet set = with(planted);
        LikeImages found = find(set);
        Map<Integer, LikePair.Kind> kinds = new HashMap<>();
        for (LikePair pair : found.pairs()) {
            assertThat(set.samples().get(pair.second()).name()).isEqualTo("planted/" + pair.first());
            assertThat(found.groups()[pair.first()]).isEqualTo(found.groups()[pair.second()]);
            assertThat(pair.likeness()).isBetween(0.65, 1.0);
            kinds.put(pair.first(), pair.kind());
        }
        plants.forEach((of, plant) -> {
            if (plant != Plant.REFRAMED || !set.samples().get(of).name().contains("woven")) {
                assertThat(kinds.get(of))
                        .as("%s %s", plant, set.samples().get(of).name())
                        .isEqualTo(plant.kind);
            }
        });
        assertThat(found.grouped()).isEqualTo(2 * kinds.size());
    }

    @Test
    void aSecondSearchReadsWhatTheFirstFoundUntilAFileChanges() throws IOException {
        Path cache = folder.resolve("cache");
        DataSet set = with(Map.of(3, png("again.png", relit(image(3)))));
        LikeImages first = NearDuplicates.find(set, cache, Progress.NONE);
        assertThat(first.pairs()).hasSize(1);
        List<String> tasks = new ArrayList<>();
        Progress progress = new Progress() {
            @Override
            public void started(String task, long steps) {
                tasks.add(task);
            }
        };
        LikeImages second = NearDuplicates.find(set, cache, progress);
        assertThat(tasks).isEmpty();
        assertThat(second.pairs()).isEqualTo(first.pairs());
        assertThat(second.groups()).isEqualTo(first.groups());
        try (Stream<Path> files = Files.list(cache)) {
            Path kept = files.filter(f -> f.getFileName().toString().startsWith("duplicates-"))
                    .findFirst()
                    .orElseThrow();
            Files.write(kept, Arrays.copyOf(Files.readAllBytes(kept), 200));
        }
        assertThat(NearDuplicates.find(set, cache, progress).pairs()).isEqualTo(first.pairs());
        assertThat(tasks).isNotEmpty();
        png("again.png", image(5));
        assertThat(NearDuplicates.find(set, cache, progress).pairs())
                .extracting(LikePair::first)
                .containsExactly(5);
    }

    @Test
    void filesThatAreNoImagesAreLikeNoOther() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.png"), "no image");
        List<Sample> samples = new ArrayList<>();
        samples.add(Sample.ofFile(broken, "broken", 0, Split.TRAIN, ""));
        samples.addAll(with(Map.of(3, png("behind.png", relit(image(3))))).samples());
        LikeImages found = find(DataSet.of("surfaces", surfaces.classes(), samples));
        assertThat(found.pairs()).extracting(LikePair::first).containsExactly(4);
        assertThat(found.groups()).hasSize(samples.size());
        assertThat(found.grouped()).isEqualTo(2);
        LikeImages none = find(DataSet.of("none", surfaces.classes(), samples.subList(0, 1)));
        assertThat(none.pairs()).isEmpty();
        assertThat(none.groups()).containsExactly(0);
    }

    @Test
    void imagesOfOneSplitThatAreLikeThoseOfAnotherAreNamed() {
        Map<Integer, Path> planted = new HashMap<>();
        int[] test = surfaces.indices(Split.TEST);
        planted.put(test[0], png("t0", relit(image(test[0]))));
        planted.put(test[5], png("t5", relit(image(test[5]))));
        DataSet set = with(planted);
        List<int[]> across = find(set).across(set, Split.TEST, Split.TRAIN);
        assertThat(across).hasSize(2).allSatisfy(pair -> assertThat(
                        set.samples().get(pair[1]).name())
                .isEqualTo("planted/" + pair[0]));
        assertThat(across).extracting(pair -> pair[0]).containsExactly(test[0], test[5]);
    }
}
