package dev.hone.jobs.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers that columns become, compared with those of pandas.get_dummies. */
class EncodedColumnsTest {
    @TempDir
    private Path folder;

    private static CsvTable resource(String name) throws URISyntaxException {
        return CsvTable.read(Path.of(EncodedColumnsTest.class.getResource(name).toURI()));
    }

    /** Numbers first, one for True and False, none for a missing word; drop_first leaves the first word out. */
    @ParameterizedTest
    @CsvSource({
        "encoded.csv, 'age,insured=True;False,home=flat|own|rent,note=a|b;'",
        "first.csv, 'age,insured=True;False,home=own|rent;flat,note=b;a|'",
        "first.csv, 'age,insured=True;*,home=own|rent;*,note=b;*'"
    })
    void canBeThoseOfPandas(String expected, String given) throws URISyntaxException {
        CsvTable table = resource("dummies.csv");
        CsvTable pandas = resource(expected);
        EncodedColumns columns = EncodedColumns.parse(List.of(given.split(",")), table);
        assertThat(columns.width()).isEqualTo(pandas.header().size());
        for (int row = 0; row < table.size(); row++) {
            float[] values = new float[columns.width()];
            for (int i = 0; i < values.length; i++) {
                values[i] = Float.parseFloat(pandas.cell(row, i));
            }
            assertThat(columns.encode(table, row)).containsExactly(values);
        }
    }

    @Test
    void aWordIsNeverLeftOutWithoutAWord() throws IOException {
        CsvTable table = CsvTable.read(Files.write(folder.resolve("a.csv"), List.of("home", "own", "flat")));
        EncodedColumns columns = EncodedColumns.parse(List.of("home=own|rent"), table);
        assertThat(columns.encode(table, 0)).containsExactly(1, 0);
        assertThatThrownBy(() -> columns.encode(table, 1))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("line 3, column 'home': 'flat' is none of the categories [own, rent]")
                .hasMessageEndingWith("columns 'home=own|rent;flat'");
    }

    /** As one-hot encoded tables call their columns. */
    @Test
    void namesOfColumnsMayHoldEqualsSignsAndCommas() throws IOException {
        CsvTable table = CsvTable.read(
                Files.write(folder.resolve("b.csv"), List.of("city=London,\"a,b\",city", "1,x,2", "0,y,3")));
        EncodedColumns columns =
                EncodedColumns.parse(dev.hone.core.text.ListText.split("city=London,\"a,b\"=x|y,city"), table);
        assertThat(columns.names()).containsExactly("city=London", "a,b", "city");
        assertThat(columns.encode(table, 1)).containsExactly(0, 0, 1, 3);
        assertThat(EncodedColumns.parse(List.of("city=London=0|1"), table).width())
                .isEqualTo(2);
    }

    @Test
    void whatIsNamedTwiceIsRefused() throws URISyntaxException {
        CsvTable table = resource("dummies.csv");
        assertThatThrownBy(() -> EncodedColumns.parse(List.of("home=own|rent;own"), table))
                .hasMessageContaining("columns: 'home=own|rent;own' names a category twice");
        assertThatThrownBy(() -> EncodedColumns.parse(List.of("age", "home", "age"), table))
                .hasMessageContaining("columns: 'age' is named twice");
    }
}
