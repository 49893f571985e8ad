package dev.hone.cli.table;

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
class ColumnsTest {
    @TempDir
    private Path folder;

    private static Table resource(String name) throws URISyntaxException {
        return Table.read(Path.of(ColumnsTest.class.getResource(name).toURI()));
    }

    /** Numbers first, one for True and False, none for a missing word; drop_first leaves the first word out. */
    @ParameterizedTest
    @CsvSource({
        "encoded.csv, 'age,insured=True;False,home=flat|own|rent,note=a|b;'",
        "first.csv, 'age,insured=True;False,home=own|rent;flat,note=b;a|'",
        "first.csv, 'age,insured=True;*,home=own|rent;*,note=b;*'"
    })
    void canBeThoseOfPandas(String expected, String given) throws URISyntaxException {
        Table table = resource("dummies.csv");
        Table pandas = resource(expected);
        Columns columns = Columns.parse(List.of(given.split(",")), table);
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
        Table table = Table.read(Files.write(folder.resolve("a.csv"), List.of("home", "own", "flat")));
        Columns columns = Columns.parse(List.of("home=own|rent"), table);
        assertThat(columns.encode(table, 0)).containsExactly(1, 0);
        assertThatThrownBy(() -> columns.encode(table, 1))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("line 3, column 'home': 'flat' is none of the categories [own, rent]")
                .hasMessageEndingWith("--columns 'home=own|rent;flat'");
    }

    @Test
    void whatIsNamedTwiceIsRefused() throws URISyntaxException {
        Table table = resource("dummies.csv");
        assertThatThrownBy(() -> Columns.parse(List.of("home=own|rent;own"), table))
                .hasMessageContaining("--columns 'home=own|rent;own' names a word twice");
        assertThatThrownBy(() -> Columns.parse(List.of("age", "home", "age"), table))
                .hasMessageContaining("--columns names 'age' twice");
    }
}
