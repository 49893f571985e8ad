package dev.hone.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void nanIsAnEmptyCell() {
        assertThat(Csv.cell(Float.NaN)).isEmpty();
        assertThat(Csv.cell(-0.5f)).isEqualTo("-0.5");
    }

    @Test
    void recordsAreStreamedWithTheirLineNumbers() throws IOException {
        String text = "\ufeffa,b\r\n\r\n\"x\r\ny\",\"1,5\"\n,\nlast,\"\"\"q\"\"\"";
        Path file = Files.writeString(folder.resolve("a.csv"), text);
        try (CsvStream stream = CsvStream.open(file)) {
            assertThat(stream.next()).isEqualTo(new Csv.Row(1, List.of("a", "b")));
            assertThat(stream.next()).isEqualTo(new Csv.Row(3, List.of("x\r\ny", "1,5")));
            assertThat(stream.next()).isEqualTo(new Csv.Row(5, List.of("", "")));
            assertThat(stream.next()).isEqualTo(new Csv.Row(6, List.of("last", "\"q\"")));
            assertThat(stream.next()).isNull();
            assertThat(stream.next()).isNull();
        }
    }

    @Test
    void invalidCsvIsReportedWithFileAndLine() throws IOException {
        Path open = Files.writeString(folder.resolve("open.csv"), "a,b\n1,\"2\n3,4\n");
        assertThatThrownBy(() -> Csv.read(open)).hasMessage(open + ": the quote opened on line 2 is never closed");
        Path endless = Files.writeString(folder.resolve("long.csv"), "a\n\"" + "x,\n".repeat(CsvStream.MAX_RECORD / 3));
        assertThatThrownBy(() -> Csv.read(endless)).hasMessageContaining("begins on line 2 is longer than 4194304");
        Path binary = Files.write(folder.resolve("b.csv"), new byte[] {'a', '\n', (byte) 0xe4, 'x'});
        assertThatThrownBy(() -> Csv.read(binary)).hasMessageContaining("not text in UTF-8");
        assertThatThrownBy(() -> Csv.read(folder.resolve("gone.csv"))).hasMessageContaining("no such file");
        assertThat(Csv.read(Files.writeString(folder.resolve("empty.csv"), ""))).isEmpty();
    }

    /** Quoting follows RFC 4180, and the cells are read back unchanged. */
    @Test
    void cellsAreQuotedIfNecessary() throws IOException {
        List<String> cells = List.of("plain text", "a,b", "say \"no\"", "two\nlines", "");
        String line = cells.stream().map((String cell) -> Csv.cell(cell)).collect(Collectors.joining(","));
        assertThat(line).isEqualTo("plain text,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",");
        Path file = Files.writeString(folder.resolve("a.csv"), line + "\n");
        assertThat(Csv.read(file)).singleElement().extracting(Csv.Row::cells).isEqualTo(cells);
    }

    /** The rule of OWASP's page on CSV injection: no cell of text begins with = + - @, a tab or a line break. */
    @Test
    void nothingIsRunAsAFormula() throws IOException {
        List<String> cells = List.of(
                "=1+1",
                "+x",
                "-x",
                "@SUM(A1)",
                "\t=1",
                "\r=1",
                "\n=1",
                "'=1",
                "''=1",
                "'quoted'",
                "\uff1d1",
                "-2+3",
                "a=b",
                "'");
        String line = cells.stream().map((String cell) -> Csv.cell(cell)).collect(Collectors.joining(","));
        for (String cell : cells) {
            String text = Csv.cell(cell).replaceFirst("^\"", "");
            assertThat("=+-@\t\r\n\uff1d").as(cell).doesNotContain(text.substring(0, 1));
        }
        Path file = Files.writeString(folder.resolve("f.csv"), line + "\n");
        assertThat(Csv.read(file)).singleElement().extracting(Csv.Row::cells).isEqualTo(cells);
        assertThat(List.of("-5", "+0.5", "-1e-3", "-.5", "7."))
                .allSatisfy(number -> assertThat(Csv.cell(number)).isEqualTo(number));
    }
}
