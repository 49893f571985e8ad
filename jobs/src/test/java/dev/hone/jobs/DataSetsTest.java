package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.Split;
import dev.hone.model.ImageInput;
import dev.hone.vision.image.Resize;
import dev.hone.vision.store.ImageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

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
}
