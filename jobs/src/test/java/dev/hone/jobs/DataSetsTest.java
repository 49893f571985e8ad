package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.Split;
import dev.hone.model.ImageInput;
import dev.hone.vision.image.Resize;
import dev.hone.vision.store.ImageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes of data for models that name theirs and for those that do not. */
class DataSetsTest {
    private final List<String> warnings = new ArrayList<>();
    private final Progress progress = new Progress() {
        @Override
        public void warning(String text) {
            warnings.add(text);
        }
    };

    private static DataSet set(String... classes) {
        return DataSet.of(
                "parts",
                List.of(classes),
                IntStream.range(0, classes.length)
                        .mapToObj(i -> Sample.ofBytes(new byte[0], "image " + i, i, Split.TEST, ""))
                        .toList());
    }

    private static ImageInput model(List<String> labels) {
        ImageStore.Form form = new ImageStore.Form(1, 8, 8, Resize.Mode.STRETCH);
        return new ImageInput("x", 1, 0, form, new float[1], new float[] {1}, labels, 1, null, null);
    }

    @Test
    void numbersAreTheIndicesOfAModelWithoutNames() {
        assertThat(DataSets.labelled(set("0", "1", "2"), model(null), progress).samples())
                .extracting(Sample::label)
                .containsExactly(0, 1, 2);
        DataSets.labelled(set("00", "01"), model(null), progress);
        assertThat(warnings).isEmpty();
    }

    @Test
    void otherNamesAreTakenInOrderWithANote() {
        DataSets.labelled(set("bad", "good"), model(null), progress);
        DataSets.labelled(set("1", "2"), model(null), progress);
        assertThat(warnings)
                .containsExactly(
                        "the model does not name its classes; those of parts are taken in this order: 0 = bad, 1 = good",
                        "the model does not name its classes; those of parts are taken in this order: 0 = 1, 1 = 2");
    }

    @Test
    void namesAreLookedUpInAModelThatHasThem() {
        assertThat(DataSets.labelled(set("bad", "good"), model(List.of("good", "bad")), progress)
                        .samples())
                .extracting(Sample::label)
                .containsExactly(1, 0);
        assertThat(warnings).isEmpty();
    }

    @Test
    void groupsAreAColumnOrWhatAnExpressionFinds(@TempDir Path folder) throws IOException {
        StringBuilder csv = new StringBuilder("path,label,tile\n");
        for (int i = 0; i < 4; i++) {
            Files.writeString(folder.resolve("part" + i / 2 + "-" + i + ".png"), "content " + i);
            csv.append("part" + i / 2 + "-" + i + ".png,good," + (i + 1) / 2 + "\n");
        }
        Path list = Files.writeString(folder.resolve("list.csv"), csv);
        assertThat(groups(list, "tile")).containsExactly("0", "1", "1", "2");
        assertThat(groups(list, "part(\\d)")).containsExactly("0", "0", "1", "1");
        assertThat(groups(list, null)).containsOnly("");
        assertThatThrownBy(() -> groups(list, "tiles"))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "group: tiles is no column of the CSV (path, label, tile) and matches no image's path, such "
                                + "as part0-0.png; did you mean 'tile'?");
        assertThatThrownBy(() -> groups(list, "part"))
                .hasMessage("group: part finds the same in every image's path, such as part0-0.png; a group is what "
                        + "differs between parts");
    }

    private List<String> groups(Path list, String group) {
        return DataSets.open(list, new DataOptions(group, DataOptions.Duplicates.KEEP_TOGETHER, null, null), progress)
                .samples()
                .stream()
                .map(Sample::group)
                .toList();
    }
}
