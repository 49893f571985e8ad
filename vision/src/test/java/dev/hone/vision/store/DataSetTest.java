package dev.hone.vision.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.Split;
import dev.hone.vision.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetTest {
    @TempDir
    Path folder;

    private static final String[] TWO = {"good", "bad"};

    @Test
    void aFolderPerClassIsADataSet() {
        DataSet set = DataSet.open(Folders.classes(folder, TWO, 3, 2));
        assertThat(set.classes()).containsExactly("bad", "good");
        assertThat(set.samples())
                .extracting(Sample::name)
                .containsExactly("bad/i0.png", "bad/i1.png", "good/i0.png", "good/i1.png", "good/i2.png");
        assertThat(set.counts(Split.NONE)).containsExactly(2, 3);
        assertThat(set.notices()).isEmpty();
    }

    @Test
    void splitFoldersAndNestedFoldersAreRead() {
        Folders.classes(folder.resolve("train"), TWO, 3, 2);
        Folders.classes(folder.resolve("valid"), TWO, 1, 1);
        Folders.image(folder.resolve("Test/good/line 1/monday/x.PNG"), 8, 5);
        Folders.classes(folder.resolve("masks/train"), TWO, 0, 2);
        DataSet set = DataSet.open(folder);
        assertThat(set.classes()).containsExactly("bad", "good");
        assertThat(set.counts(Split.TRAIN)).containsExactly(2, 3);
        assertThat(set.counts(Split.VALIDATION)).containsExactly(1, 1);
        assertThat(set.counts(Split.TEST)).containsExactly(0, 1);
        assertThat(set.samples().get(set.indices(Split.TEST)[0]).name()).isEqualTo("Test/good/line 1/monday/x.PNG");
        Sample bad = set.samples().get(set.indices(Split.TRAIN)[0]);
        assertThat(bad.mask()).contains(folder.resolve("masks/train/bad/i0.png"));
        assertThat(set.samples().get(set.indices(Split.TEST)[0]).mask()).isEmpty();
    }

    @Test
    void hiddenStrayAndOtherFilesAreCounted() {
        Folders.classes(folder, TWO, 2, 2);
        Folders.text(folder.resolve("good/.DS_Store"), "");
        Folders.text(folder.resolve("good/notes.txt"), "");
        Folders.text(folder.resolve("README.md"), "");
        Folders.image(folder.resolve(".hidden/a.png"), 8, 1);
        Folders.image(folder.resolve("loose.png"), 8, 1);
        DataSet set = DataSet.open(folder);
        assertThat(set.samples()).hasSize(4);
        assertThat(String.join("\n", set.notices()))
                .contains("1 file hidden, ignored: good/.DS_Store")
                .contains("2 files not an image by name, ignored: good/notes.txt, README.md")
                .contains("1 file in no class folder, ignored: loose.png");
    }

    @Test
    void pngNextToAJpegIsItsMask() throws IOException {
        Files.createDirectories(folder.resolve("a/Imgs"));
        Files.write(folder.resolve("a/Imgs/x.jpg"), Vectors.bytes("files/gray.jpg"));
        Folders.image(folder.resolve("a/Imgs/x.png"), 8, 1);
        Folders.image(folder.resolve("a/Imgs/alone.png"), 8, 2);
        DataSet set = DataSet.open(folder);
        assertThat(set.samples()).extracting(Sample::name).containsExactly("a/Imgs/alone.png", "a/Imgs/x.jpg");
        assertThat(set.samples().get(1).mask()).contains(folder.resolve("a/Imgs/x.png"));
        assertThat(set.notices()).hasSize(1).first().asString().contains("1 file taken as masks");
    }

    @Test
    void csvIsReadByRfc4180() {
        Folders.image(folder.resolve("a,b.png"), 8, 1);
        Folders.image(folder.resolve("say \"x\".png"), 8, 2);
        Folders.image(folder.resolve("plain.png"), 8, 3);
        Path csv = Folders.text(
                folder.resolve("list.csv"),
                "\ufefflabel,note,path,split,group\r\nbad,\"two\nlines\",\"a,b.png\",train,7\r\n"
                        + "good,,\"say \"\"x\"\".png\",val,\r\ngood,,./plain.png,test,7\r\n\r\n");
        DataSet set = DataSet.open(csv);
        assertThat(set.samples())
                .extracting(s -> s.name() + "|" + set.classes().get(s.label()) + "|" + s.split() + "|" + s.group())
                .containsExactly("a,b.png|bad|TRAIN|7", "say \"x\".png|good|VALIDATION|", "plain.png|good|TEST|7");
    }

    @Test
    void splitCsvInAFolderIsUsed() {
        Folders.classes(folder, TWO, 2, 2);
        Folders.text(folder.resolve("split.csv"), "path,label\ngood/i0.png,fine\nbad/i0.png,poor\n");
        DataSet set = DataSet.open(folder);
        assertThat(set.classes()).containsExactly("fine", "poor");
        assertThat(set.notices()).hasSize(1).first().asString().contains("split.csv");
    }

    private void refused(String csv, String message) {
        Path file = Folders.text(folder.resolve("x.csv"), csv);
        assertThatThrownBy(() -> DataSet.open(file))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining(message);
    }

    @Test
    void invalidCsvIsReportedInOneLine() {
        refused("path,label\na\0b.png,good\n", "line 2: the path cannot be one, Nul character not allowed");
        Folders.classes(folder, TWO, 2, 2);
        refused("path,class\ngood/i0.png,good\n", "x.csv: no column 'label' in the header, expected path,label");
        refused("", "x.csv: empty");
        refused("path,label\n", "x.csv: no rows after the header");
        refused("path,label\ngood/i0.png\n", "x.csv line 2: 1 cells, the header has 2");
        refused("path,label\ngood/i0.png,\n", "x.csv line 2: cell 2 is empty");
        refused(
                "path,label,split\ngood/i0.png,good,maybe\n",
                "x.csv line 2: split 'maybe', expected train, val or test");
        refused("path,label\n\"good/i0.png,good\n", "the quote opened on line 2 is never closed");
        refused("path,label\nnone.png,good\n", "none of its 1 files exists, none.png (line 2) for one");
        refused(
                "path,label\ngood/i0.png,good\n./good/i0.png,bad\n",
                "x.csv line 3: good/i0.png is 'bad' here and 'good' on line 2; keep one of them");
        refused(
                "path,label,split\ngood/i0.png,good,train\ngood/i0.png,good,test\n",
                "good/i0.png is 'good' in test here and 'good' in train on line 2");
    }

    @Test
    void missingAndRepeatedFilesAreSkippedAndNamed() {
        Folders.classes(folder, TWO, 2, 2);
        Path csv = Folders.text(
                folder.resolve("x.csv"),
                "path,label\ngood/i0.png,good\nbad/i0.png,bad\ngood/gone.png,good\ngood/i0.png,good\n");
        DataSet set = DataSet.open(csv);
        assertThat(set.samples()).hasSize(2);
        assertThat(set.notices())
                .containsExactly(
                        "x.csv: 1 file named but missing, left out: good/gone.png (line 4)",
                        "x.csv: 1 file named twice, used once: good/i0.png (line 5)");
    }

    @Test
    void emptyDataAndSingleClassesAreRejected() throws IOException {
        assertThatThrownBy(() -> DataSet.open(folder.resolve("none")))
                .hasMessageEndingWith("none: no such file or folder; check the path");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> DataSet.open(empty))
                .hasMessageContaining("empty: no images in it; expected a folder per class");
        Files.createDirectory(empty.resolve("good"));
        assertThatThrownBy(() -> DataSet.open(empty))
                .hasMessageContaining("no images in it, nor in its folders good; expected");
        DataSet one = DataSet.open(Folders.classes(folder.resolve("one"), new String[] {"good"}, 3));
        assertThatThrownBy(one::requireTrainable)
                .hasMessageContaining("one class only among the training images, 'good' (3)");
        DataSet small = DataSet.open(Folders.classes(folder.resolve("small"), TWO, 3, 1));
        small.requireTrainable();
        assertThat(small.balanceNotices())
                .containsExactly(
                        folder.resolve("small") + ": class 'bad' has one image only; it is used for training, and "
                                + "nothing will tell how well the class is recognized: add images or leave the class out");
        assertThat(small.withHoldOut(Split.VALIDATION, 0.5, 1).counts(Split.TRAIN)[0])
                .isEqualTo(1);
        Path text = Folders.text(folder.resolve("data.txt"), "x");
        assertThatThrownBy(() -> DataSet.open(text))
                .hasMessageContaining("a file of another kind, expected a folder of images or a .csv file");
    }

    @Test
    void smallClassesAreReportedWithTheirSplit() {
        String[] names = {"good", "dent", "spot", "stain"};
        DataSet set = DataSet.open(Folders.classes(folder.resolve("uneven"), names, 20, 3, 2, 1))
                .withHoldOut(Split.TEST, 0.2, 1)
                .withHoldOut(Split.VALIDATION, 0.15, 1);
        assertThat(set.balanceNotices())
                .satisfiesExactlyInAnyOrder(
                        dent -> assertThat(dent)
                                .contains("'dent' has one training image (1 for validation, 1 for the test)"),
                        spot -> assertThat(spot)
                                .contains("'spot' has one training image (0 for validation, 1 for the test)"),
                        stain -> assertThat(stain).contains("'stain' has one image only; it is used for training"));
    }

    @Test
    void holdOutIsStratifiedSeededAndIndependentOfOrder() {
        DataSet set = DataSet.open(Folders.classes(folder, TWO, 40, 11));
        DataSet parted = set.withHoldOut(Split.VALIDATION, 0.2, 5);
        assertThat(parted.counts(Split.VALIDATION)).containsExactly(2, 8);
        assertThat(parted.counts(Split.TRAIN)).containsExactly(9, 32);
        List<Sample> reversed = new ArrayList<>(set.samples());
        Collections.reverse(reversed);
        Map<String, Split> splits = new HashMap<>();
        parted.samples().forEach(s -> splits.put(s.name(), s.split()));
        set.withSamples(reversed)
                .withHoldOut(Split.VALIDATION, 0.2, 5)
                .samples()
                .forEach(s -> assertThat(s.split()).isEqualTo(splits.get(s.name())));
        assertThat(set.withHoldOut(Split.VALIDATION, 0.2, 6).samples()).isNotEqualTo(parted.samples());
    }

    @Test
    void groupsAndEqualFilesStayInOneSplit() throws IOException {
        Folders.classes(folder, TWO, 30, 30);
        for (int i = 0; i < 10; i++) {
            Files.copy(folder.resolve("good/i" + i + ".png"), folder.resolve("good/copy" + i + ".png"));
        }
        DataSet set = DataSet.open(folder)
                .withGroups(s -> s.name().startsWith("bad")
                        ? s.name().replaceAll("\\D", "").substring(0, 1)
                        : "");
        for (int seed = 0; seed < 10; seed++) {
            DataSet parted = set.withHoldOut(Split.TEST, 0.3, seed);
            Map<String, Split> seen = new HashMap<>();
            for (int i = 0; i < parted.samples().size(); i++) {
                Sample s = parted.samples().get(i);
                for (String key : List.of(s.group(), set.revision().content(i))) {
                    if (!key.isEmpty()) {
                        assertThat(seen.merge(key, s.split(), (a, b) -> a == b ? a : Split.NONE))
                                .as("%s with seed %s", s.name(), seed)
                                .isEqualTo(s.split());
                    }
                }
            }
            assertThat(parted.counts(Split.TEST)[0]).isBetween(1, 20);
            assertThat(parted.counts(Split.TEST)[1]).isBetween(10, 14);
        }
    }

    @Test
    void revisionDependsOnContentNotLocation() throws IOException {
        String first = DataSet.open(Folders.classes(folder.resolve("a"), TWO, 3, 2))
                .revision()
                .id();
        assertThat(DataSet.open(Folders.classes(folder.resolve("b"), TWO, 3, 2))
                        .revision()
                        .id())
                .isEqualTo(first);
        Folders.image(folder.resolve("b/good/i0.png"), 12, 99);
        assertThat(DataSet.open(folder.resolve("b")).revision().id()).isNotEqualTo(first);
        Files.copy(folder.resolve("a/good/i0.png"), folder.resolve("a/bad/same.png"));
        assertThat(DataSet.open(folder.resolve("a")).revision().notices())
                .hasSize(1)
                .first()
                .asString()
                .contains("1 pair of equal files with two labels: bad/same.png = good/i0.png");
    }

    @Test
    void labelsFollowAModelsClasses() {
        DataSet set = DataSet.open(Folders.classes(folder, TWO, 1, 1));
        assertThat(set.withClasses(List.of("good", "other", "bad")).samples())
                .extracting(Sample::label)
                .containsExactly(2, 0);
        assertThatThrownBy(() -> set.withClasses(List.of("good")))
                .hasMessageContaining("class 'bad' is not among [good]");
    }
}
