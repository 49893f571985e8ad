package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which folders are classes, splits and masks, and what else may lie in them. Files are only listed and may be empty. */
class FolderReaderTest {
    @TempDir
    Path folder;

    private void files(String... names) {
        for (String name : names) {
            try {
                Path file = folder.resolve(name);
                Files.createDirectories(file.getParent());
                if (!Files.exists(file)) {
                    Files.createFile(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Samples of each class, for example "TRAIN good". */
    private Map<String, Integer> counts() {
        DataSet set = DataSet.open(folder);
        Map<String, Integer> counts = new TreeMap<>();
        set.samples().forEach(s -> counts.merge(s.split() + " " + set.classes().get(s.label()), 1, Integer::sum));
        return counts;
    }

    private String notices() {
        return String.join("\n", DataSet.open(folder).notices());
    }

    @Test
    void classesMayBeNamedLikeSplitsAndMasks() {
        for (String name : List.of("train", "bus", "test", "masks", "good", "images")) {
            files(name + "/0.png", name + "/1.png");
        }
        assertThat(counts().keySet())
                .containsExactly("NONE bus", "NONE good", "NONE images", "NONE masks", "NONE test", "NONE train");
        assertThat(notices()).contains("train: read as a class named 'train'").contains("masks: read as a class");
    }

    @Test
    void whatHonePutsBesideItsOutputsIsNotReported() {
        files("good/0.png", "bad/0.png", ".hone-0123456789abcdef.lock", "good/.hone-7-x.part", ".hone-demo");
        assertThat(notices()).isEmpty();
        files(".hidden");
        assertThat(notices()).contains(".hidden").doesNotContain("hone-");
    }

    private int unlabelled(String... known) {
        return DataSet.unlabelled(folder, known.length == 0 ? null : List.of(known))
                .map(set -> set.samples().size())
                .orElse(0);
    }

    @Test
    void looseImagesBesideFoldersThatAreNoClassesHaveNoLabels() {
        files("0.png", "1.png", "monday/2.png", "monday/deep/3.png", "masks/0.png", "readme.txt");
        assertThat(unlabelled("good", "bad")).isEqualTo(4);
        assertThat(unlabelled()).isEqualTo(4);
        assertThat(unlabelled("monday", "bad")).as("a class of the model").isZero();
        files("tuesday/4.png");
        assertThat(unlabelled("good", "bad")).isEqualTo(5);
        assertThat(unlabelled())
                .as("two folders are classes where none are known")
                .isZero();
        files("train/good/5.png", "test/good/6.png");
        assertThat(unlabelled("good", "bad")).as("splits").isZero();
    }

    @Test
    void foldersWithoutLooseImagesHaveLabels() {
        files("monday/0.png");
        assertThat(unlabelled("good", "bad")).isZero();
        assertThat(unlabelled()).isZero();
    }

    @Test
    void aClassNamedTrainMayHaveFoldersWithin() {
        files("bus/monday/0.png", "bus/tuesday/0.png", "train/monday/0.png", "train/tuesday/1.png", "car/0.png");
        assertThat(counts()).isEqualTo(Map.of("NONE bus", 2, "NONE car", 1, "NONE train", 2));
    }

    @Test
    void aClassNamedTrainHasImagesBesideFolders() {
        files("bus/0.png", "train/0.png", "train/monday/1.png");
        assertThat(counts()).isEqualTo(Map.of("NONE bus", 1, "NONE train", 2));
    }

    @Test
    void aClassNamedTestMayHaveFoldersWithin() {
        files("bus/0.png", "test/monday/0.png", "test/tuesday/0.png");
        assertThat(counts()).isEqualTo(Map.of("NONE bus", 1, "NONE test", 2));
    }

    @Test
    void splitsAreNamedLikeThemAndHoldClasses() {
        files("train/good/0.png", "train/bad/deep/er/0.png", "Test/good/0.png", "raw/unsorted/0.png", "stray.png");
        files("train/stray.png", "masks/train/bad/deep/er/0.png");
        assertThat(counts()).isEqualTo(Map.of("TRAIN good", 1, "TRAIN bad", 1, "TEST good", 1));
        assertThat(notices())
                .contains("raw: beside the splits, not one, left out")
                .contains("2 files in no class folder, ignored: stray.png, train/stray.png")
                .doesNotContain("masks");
    }

    @Test
    void oneSplitBesideOtherThingsIsASplit() {
        files("train/good/0.png", "train/bad/0.png", "extra/0.png");
        assertThat(counts()).isEqualTo(Map.of("TRAIN good", 1, "TRAIN bad", 1));
    }

    @Test
    void aTestSplitAloneIsOne() {
        files("test/good/0.png", "test/bad/0.png");
        assertThat(counts()).isEqualTo(Map.of("TEST good", 1, "TEST bad", 1));
    }

    @Test
    void splitsWithoutClassesAreRefused() {
        files("train/0.png", "test/0.png");
        assertThatThrownBy(() -> DataSet.open(folder))
                .hasMessageContaining("test, train are named like splits but have no folder per class");
    }

    @Test
    void masksBesideClassesAreNone() {
        files("good/0.png", "bad/0.png", "bad/1.png", "masks/bad/0.png");
        assertThat(counts()).isEqualTo(Map.of("NONE good", 1, "NONE bad", 2));
        DataSet set = DataSet.open(folder);
        assertThat(set.samples().get(0).mask()).contains(folder.resolve("masks/bad/0.png"));
        assertThat(set.samples().get(1).mask()).isEmpty();
    }

    @Test
    void masksInAClassFolderAreNone() {
        files("bad/0.png", "bad/line/1.png", "bad/MASKS/0.png", "bad/line/masks/1.png", "good/0.png");
        files("good/masks/7.png"); // of no image: an image itself
        assertThat(counts()).isEqualTo(Map.of("NONE good", 2, "NONE bad", 2));
    }

    @Test
    void masksAreFoundWhateverTheirCaseAndFormat() {
        files("bad/0.jpg", "bad/0.PNG", "bad/1.JPEG", "bad/1.Png", "bad/2.jpg", "bad/3.jpg", "bad/4.png", "bad/5.png");
        files("Masks/bad/2.TIF", "Masks/bad/4.bmp", "good/0.jpg");
        assertThat(counts()).isEqualTo(Map.of("NONE bad", 6, "NONE good", 1));
        DataSet set = DataSet.open(folder);
        assertThat(set.samples().stream().map(s -> s.mask()
                        .map(m -> folder.relativize(m).toString())
                        .orElse("")))
                .containsExactly("bad/0.PNG", "bad/1.Png", "Masks/bad/2.TIF", "", "Masks/bad/4.bmp", "", "");
        assertThat(notices()).contains("2 files taken as masks of the JPEG beside them: bad/0.PNG, bad/1.Png");
    }

    @Test
    void masksOfASingleImageAreFoundAboveIt() {
        files("test/scratch/line 1/7.png", "masks/test/scratch/line 1/7.png", "test/scratch/masks/8.png");
        assertThat(Masks.of(folder.resolve("test/scratch/line 1/7.png")))
                .contains(folder.resolve("masks/test/scratch/line 1/7.png"));
        assertThat(Masks.of(folder.resolve("test/scratch/8.png"))).contains(folder.resolve("test/scratch/masks/8.png"));
        assertThat(Masks.of(folder.resolve("test/scratch/9.png"))).isEmpty();
    }

    @Test
    void numbersAreInTheirOrder() {
        for (int k = 0; k < 12; k++) {
            files(k + "/0.png");
        }
        assertThat(DataSet.open(folder).classes())
                .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
        files("a/0.png");
        assertThat(DataSet.open(folder).classes())
                .startsWith("0", "1", "10", "11", "2")
                .endsWith("9", "a");
        assertThat(ClassNames.sorted(List.of("100", "020", "3"))).containsExactly("3", "020", "100");
        assertThat(ClassNames.sorted(List.of("1", "01", "99999999999999999999")))
                .first()
                .isEqualTo("01");
    }

    @Test
    void linksAreFollowedButNotInCircles() throws IOException {
        files("store/bad/0.png", "store/good/0.png", "store/good/1.png", "data/none.txt");
        Files.createSymbolicLink(folder.resolve("store/good/loop"), Path.of(".."));
        Files.createSymbolicLink(folder.resolve("store/good/self"), Path.of("."));
        Files.createSymbolicLink(folder.resolve("store/good/dangling.png"), Path.of("nowhere.png"));
        Files.createSymbolicLink(folder.resolve("store/bad/gone"), Path.of("nowhere"));
        Files.createSymbolicLink(folder.resolve("data/good"), Path.of("../store/good"));
        Files.createSymbolicLink(folder.resolve("data/bad"), Path.of("../store/bad"));
        Files.createSymbolicLink(folder.resolve("data/up"), Path.of(".."));
        Files.createSymbolicLink(folder.resolve("data/bad/2.png"), Path.of("../good/1.png"));
        folder = folder.resolve("data");
        assertThat(counts()).isEqualTo(Map.of("NONE good", 2, "NONE bad", 2));
        assertThat(notices())
                .contains("3 files ignored (link back to a folder above it): good/loop, good/self, up")
                .contains("2 files ignored (link to nothing): bad/gone, good/dangling.png");
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void pipesAreNoImages() throws Exception {
        files("good/0.png", "bad/0.png");
        Process pipe = new ProcessBuilder("mkfifo", folder.resolve("bad/x.png").toString()).start();
        assertThat(pipe.waitFor()).isZero();
        assertThat(counts()).isEqualTo(Map.of("NONE good", 1, "NONE bad", 1));
        assertThat(notices()).contains("1 file ignored (pipe, socket or device): bad/x.png");
        DataSet.open(folder).revision();
        Process csv = new ProcessBuilder("mkfifo", folder.resolve("x.csv").toString()).start();
        assertThat(csv.waitFor()).isZero();
        assertThatThrownBy(() -> DataSet.open(folder.resolve("x.csv"))).hasMessageContaining("not a regular file");
    }

    @Test
    void filesOfTheSystemAreNoImages() {
        files("good/0.png", "bad/0.png", "good/.DS_Store", "good/Thumbs.db", "@eaDir/a/0.png", "__MACOSX/good/._0.png");
        files("good/@eaDir/0.png", "good/._0.png", "good/.ipynb_checkpoints/0.png");
        assertThat(counts()).isEqualTo(Map.of("NONE good", 1, "NONE bad", 1));
    }

    @Test
    void classNamesAreAnyText() throws IOException {
        String composed = Normalizer.normalize("défaut", Normalizer.Form.NFC);
        String separate = Normalizer.normalize("défaut", Normalizer.Form.NFD);
        files(
                composed + "/0.png",
                separate + "/0.png",
                "two\nlines/0.png",
                "a,\"b\"\t/0.png",
                "Good/0.png",
                "good/0.png");
        files("n".repeat(200) + "/" + "f".repeat(200) + ".png", "back\\slash/0.png");
        assertThat(DataSet.open(folder).classes())
                .contains(composed, separate, "two\nlines", "a,\"b\"\t", "back\\slash")
                .hasSize(8);
        DataSet set = DataSet.open(folder);
        assertThat(set.samples()).allMatch(s -> Files.isRegularFile(s.file()));
        assertThat(notices()).contains("'Good' and 'good'").contains("'" + separate + "' and '" + composed + "'");
    }

    @Test
    void accentsMeanTheSameHoweverTheyAreStored() {
        String separate = Normalizer.normalize("défaut", Normalizer.Form.NFD);
        files("bon/0.png", separate + "/0.png");
        DataSet set = DataSet.open(folder);
        assertThat(set.withClasses(List.of("défaut", "bon")).samples())
                .extracting(Sample::label)
                .containsExactly(1, 0);
        assertThatThrownBy(() -> set.withClasses(List.of("defaut", "bon"))).hasMessageContaining("is not among");
    }

    /** Prints the notices of a data set. */
    static final class Notices {
        public static void main(String[] arguments) {
            DataSet.open(Path.of(arguments[0])).notices().forEach(System.out::println);
        }
    }

    @Test
    void foldersWithoutAccessAreNamed() throws IOException {
        files("good/0.png", "bad/0.png", "closed/0.png");
        Path closed = folder.resolve("closed");
        Files.setPosixFilePermissions(closed, Set.of());
        List<String> command = new ArrayList<>();
        if (Files.isReadable(closed)) { // the superuser reads everything, without these rights only what he may
            String rights = "-dac_override,-dac_read_search";
            command.addAll(List.of("setpriv", "--bounding-set", rights, "--inh-caps", rights));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Notices.class.getName(),
                folder.toString()));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("1 file ignored (not readable): closed");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }
}
