package dev.hone.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that are not as they should be: each is one clear line. */
class BadTablesTest {
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(Column.number("age"), Column.category("housing", List.of("own", "rent"))),
            "default",
            List.of("no", "yes"));

    @TempDir
    private Path folder;

    private Path file(String text) {
        try {
            return Files.writeString(folder.resolve("t.csv"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TableData open(String text, TableOptions options) {
        return TableData.open(file(text), options, Progress.NONE);
    }

    private TableData open(String text) {
        return open(text, TableOptions.of("default"));
    }

    private void refused(String text, String message) {
        refused(text, TableOptions.of("default"), message);
    }

    private void refused(String text, TableOptions options, String message) {
        assertThatThrownBy(() -> open(text, options))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("t.csv")
                .hasMessageContaining(message)
                .hasMessageNotContaining("--");
    }

    @Test
    void aFileThatIsNoTable() {
        refused("", "empty, expected a header line");
        refused("age,default\n", "no rows after the header");
        refused("age,default,age\n1,no,2\n", "two columns are called 'age'; rename one of them");
        refused("age,default\n1,no\n2,yes,3\n", "line 3: 3 cells, the header has 2");
        refused("age;default\n1,5;no\n2;yes\n", "separated by semicolons; write the file with commas between cells");
        refused("age\tdefault\n1\tno\n", "separated by tabs");
    }

    @Test
    void aTargetThatCannotBePredicted() {
        refused("age,defualt\n1,no\n2,yes\n", "no column 'default' for the target; did you mean 'defualt'?");
        refused("age,income\n1,2\n", "no column 'default' for the target; its columns are age, income");
        refused("age,default\n1,no\n2,no\n", "target 'default' has one class only, 'no'");
        refused("age,default\n1,\n2,\n", "target 'default' is missing in every row");
        assertThatThrownBy(() -> open("age,default\n" + numbers(30)).requireTrainable())
                .hasMessageContaining("target 'default' is a number with many values");
        assertThatThrownBy(() -> open("age,default,split\n1,no,train\n2,yes,test\n3,no,train\n")
                        .requireTrainable())
                .hasMessageContaining("one class only among the training rows, 'no' (2)");
        assertThatThrownBy(
                        () -> open("age,default,split\n1,no,test\n2,yes,test\n").requireTrainable())
                .hasMessageContaining("no training rows");
    }

    private static String numbers(int rows) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            text.append(i % 7).append(',').append(i).append(".5\n");
        }
        return text.toString();
    }

    @Test
    void rowsWithoutATargetAreLeftOut() {
        TableData data = open("age,default\n1,no\n2,\n3,yes\n");
        assertThat(data.size()).isEqualTo(2);
        assertThat(data.number(1, 0)).isEqualTo(3);
        assertThat(data.notices()).containsExactly("t.csv: 1 rows without a target left out");
    }

    @Test
    void columnsOfNoUseAreLeftOut() {
        TableData data = open("age,none,same,,default\n1,,x,0,no\n2,NA,x,1,yes\n");
        assertThat(data.schema().names()).containsExactly("age");
        assertThat(data.notices())
                .containsExactly(
                        "t.csv: column 'none' has no values, every cell is missing; left out",
                        "t.csv: column 'same' is constant, 'x' in every row; left out",
                        "t.csv: column 4 has no name; left out");
        refused("same,default\nx,no\nx,yes\n", "no column is left to predict 'default' from");
    }

    @Test
    void textsThatAreNamesAreLeftOut() {
        StringBuilder text = new StringBuilder("age,name,default\n");
        for (int i = 0; i < 1500; i++) {
            text.append(i).append(",n").append(i).append(i % 2 == 0 ? ",no\n" : ",yes\n");
        }
        assertThat(open(text.toString()).notices())
                .containsExactly(
                        "t.csv: column 'name' has more than 1000 different texts, as names and identifiers have; "
                                + "left out");
        refused(
                text.toString(),
                TableOptions.of("default").withCategorical(Set.of("name")),
                "more than 1000 different texts, too many for a category");
    }

    /** A small table has less than 1000 of them. */
    @Test
    void textsOfMostRowsAreNames() {
        StringBuilder text = new StringBuilder("age,name,town,default\n");
        for (int i = 0; i < 120; i++) {
            text.append(i).append(",n").append(i).append(",t").append(i % 55).append(i % 2 == 0 ? ",no\n" : ",yes\n");
        }
        TableData data = open(text.toString());
        assertThat(data.schema().names()).containsExactlyInAnyOrder("age", "town");
        assertThat(data.notices())
                .containsExactly("t.csv: column 'name' has 120 different texts in 120 rows, as names and identifiers "
                        + "have; left out");
    }

    @Test
    void noticesAreOneLineWhateverTheCells() {
        String name = "name ".repeat(100);
        TableData data = open("age,job,default\n1,\"a\n\tb\",no\n2,\"a\n\tb\",yes\n");
        assertThat(data.notices())
                .containsExactly("t.csv: column 'job' is constant, 'a\\n\\tb' in every row; left out");
        assertThat(open("age,job,default\n1," + name + ",no\n2," + name + ",yes\n")
                        .notices())
                .singleElement()
                .satisfies(notice -> assertThat(notice).hasSizeLessThan(150).contains("name name"));
    }

    @Test
    void theTargetIsNotLeftOut() {
        refused(
                "age,default\n1,no\n2,yes\n",
                TableOptions.of("default").withIgnored(Set.of("default")),
                "column 'default' is the target and cannot be left out");
    }

    @Test
    void decimalCommasAreSaidAndNotGuessed() {
        refused("age,default\n\"1,5\",no\n2,yes\n", "line 2, column 'age': '1,5' has a comma");
        refused("age,default\n1,no\n\"1,234\",yes\n", "line 3, column 'age': '1,234' has a comma");
        refused("age,default\n\"1999,5\",no\n2,yes\n", "line 2, column 'age': '1999,5' has a comma");
        refused("age,housing\n\"1,5\",own\n", TableOptions.expecting(SCHEMA), "'1,5' has a comma");
        // Text with commas is text.
        assertThat(open("job,default\n\"1,5\",no\nsmith,yes\n").schema().categories())
                .hasSize(1);
    }

    @Test
    void aNumberThatIsMistypedIsNamed() {
        StringBuilder text = new StringBuilder("age,default\n1o,no\n");
        for (int i = 0; i < 100; i++) {
            text.append(i).append(i % 2 == 0 ? ",no\n" : ",yes\n");
        }
        refused(
                text.toString(),
                "line 2, column 'age': '1o' is not a number, as most of the column's cells are (1 of 101");
    }

    @Test
    void quotesAndLineBreaksInCells() {
        TableData data = open("job,default\n\"say \"\"no\"\"\",no\n\"two\nlines\",yes\n\"a,b\",no\n");
        assertThat(data.schema().categories().get(0).levels()).containsExactly("a,b", "say \"no\"", "two\nlines");
        refused("job,default\n\"a,no\nb,yes\n", "the quote opened on line 2 is never closed");
    }

    @Test
    void splitsAndOptionsAreChecked() {
        refused("age,default,split\n1,no,train\n2,yes,later\n", "line 3: split 'later', expected train, val or test");
        refused("age,default\n1,no\n2,yes\n", TableOptions.of("default").withGroup("agee"), "did you mean 'age'?");
        refused("age,default\n1,no\n2,yes\n", TableOptions.of("default").withIgnored(Set.of("xyz")), "no column 'xyz'");
    }

    @Test
    void columnsAreComparedWithTheModels() {
        TableOptions model = TableOptions.expecting(SCHEMA);
        refused("age\n1\n", model, "no column 'housing', which the model takes; its columns are age");
        refused("age,Housing_\n1,own\n", model, "'Housing_' is new, has it been renamed?");
        refused("x\n1\n", model, "(2 are missing: age, housing)");
        refused("age,housing\nold,own\n", model, "line 2, column 'age': 'old' is not a number; the model was trained");
        refused("age,housing\n1,3\n2,4\n", model, "column 'housing' holds numbers; the model was trained with the cat");
        refused("age,housing,default\n1,own,maybe\n", model, "line 2: class 'maybe' is not among [no, yes]");
        refused("age,housing\n1,own\n", model.withLabelledRows(), "no column 'default' for the target");
        assertThat(open("age,housing,default\n1,own,\n2,own,no\n", model.withLabelledRows())
                        .size())
                .isEqualTo(1);
        TableData data = open("housing,extra,age\nrent,1,7\nboat,2,NA\nship,3,9\n", model);
        assertThat(data.notices())
                .containsExactly(
                        "t.csv: column 'extra' is new, the model does not take it; ignored",
                        "t.csv: column 'housing' has 2 cells of categories that training did not see ('boat', 'ship'); "
                                + "taken as unknown");
        assertThat(data.hasTarget()).isFalse();
        assertThat(data.category(0, 0)).isEqualTo(2);
        assertThat(data.category(1, 0)).isZero();
        assertThat(data.number(1, 0)).isNaN();
        assertThat(data.label(0)).isEqualTo(-1);
    }
}
