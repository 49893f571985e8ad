package dev.hone.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
    @TempDir
    private Path folder;

    @Test
    void aNumberThatThereIsNotIsAnEmptyCell() {
        assertThat(Csv.cell(Float.NaN)).isEmpty();
        assertThat(Csv.cell(-0.5f)).isEqualTo("-0.5");
    }

    /** By RFC 4180, and as they are read again. */
    @Test
    void cellsAreQuotedWhereTheyHaveToBe() throws IOException {
        List<String> cells = List.of("plain text", "a,b", "say \"no\"", "two\nlines", "");
        String line = cells.stream().map((String cell) -> Csv.cell(cell)).collect(Collectors.joining(","));
        assertThat(line).isEqualTo("plain text,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",");
        Path file = Files.writeString(folder.resolve("a.csv"), line + "\n");
        assertThat(Csv.read(file)).singleElement().extracting(Csv.Row::cells).isEqualTo(cells);
    }
}
