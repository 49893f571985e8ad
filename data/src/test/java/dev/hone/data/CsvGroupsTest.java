package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups that a column of a CSV declares. */
class CsvGroupsTest {
    @TempDir
    private Path folder;

    private Path csv;

    @BeforeEach
    void list() throws IOException {
        for (String name : new String[] {"a", "b", "c"}) {
            Files.writeString(folder.resolve(name), name);
        }
        csv = Files.writeString(
                folder.resolve("split.csv"), "path,label, tile ,group\na,good,7,x\nb,good,7,\nc,bad,,x\n");
    }

    @Test
    void anyColumnMayHoldThem() {
        assertThat(DataSet.open(csv, "tile").samples())
                .extracting(Sample::group)
                .containsExactly("7", "7", "");
        assertThat(DataSet.open(folder, "tile").samples())
                .extracting(Sample::group)
                .containsExactly("7", "7", "");
        assertThat(DataSet.open(csv).samples()).extracting(Sample::group).containsExactly("x", "", "x");
        assertThat(DataSet.open(csv, "lot").samples()).extracting(Sample::group).containsOnly("");
    }

    @Test
    void columnsAreThoseOfTheListThatIsRead() throws IOException {
        assertThat(DataSet.columns(csv)).containsExactly("path", "label", "tile", "group");
        assertThat(DataSet.columns(folder)).isEqualTo(DataSet.columns(csv));
        assertThat(DataSet.columns(folder.resolve("a"))).isEmpty();
        Files.delete(csv);
        assertThat(DataSet.columns(folder)).isEmpty();
    }
}
