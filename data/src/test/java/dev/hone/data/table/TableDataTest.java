package dev.hone.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.Progress;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.data.Input;
import dev.hone.data.Split;
import dev.hone.data.Target;
import dev.hone.testkit.CreditLikeTable;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableDataTest {
    private static final String SMALL =
            "age,city,income,default,split\n31,Bonn,1e3,no,train\n,Ulm,2500.5,yes,train\n45,,?,no,test\n";

    @TempDir
    private Path folder;

    private TableData open(String text, TableOptions options) throws IOException {
        return TableData.open(Files.writeString(folder.resolve("t.csv"), text), options, Progress.NONE);
    }

    private Path credit(int rows) throws IOException {
        Path file = folder.resolve("credit.csv");
        CreditLikeTable.write(file, rows, 7);
        return file;
    }

    @Test
    void kindsAreFoundFromTheCells() throws IOException {
        TableData data = open(SMALL, TableOptions.of("default"));
        assertThat(data.schema().columns())
                .containsExactly(
                        Column.number("age"),
                        Column.category("city", List.of("", "Bonn", "Ulm")),
                        Column.number("income"));
        assertThat(data.classes()).containsExactly("no", "yes");
        assertThat(data.rows(Split.TRAIN)).containsExactly(0, 1);
        assertThat(data.rows(Split.TEST)).containsExactly(2);
        assertThat(data.number(1, 0)).isNaN();
        assertThat(data.number(1, 1)).isEqualTo(2500.5f);
        assertThat(data.number(2, 1)).isNaN();
        assertThat(data.category(0, 0)).isEqualTo(2);
        assertThat(data.category(2, 0)).isEqualTo(1);
        assertThat(data.sample(1).input()).isEqualTo(new Input.OfRow(1));
        assertThat(data.sample(1).target()).isEqualTo(new Target.OfClass(1));
    }

    @Test
    void codesAreCategoriesWhereItIsSaid() throws IOException {
        TableData data = open(
                "zip,x,y\n10,1,0.5\n9,2,0.25\n10,3,7\n", TableOptions.of("y").withCategorical(Set.of("zip")));
        assertThat(data.schema().categories().get(0).levels()).containsExactly("9", "10");
        assertThat(data.classes()).isEmpty();
        assertThat(data.target(1)).isEqualTo(0.25);
        assertThat(data.sample(2).target()).isEqualTo(new Target.OfNumber(7));
        assertThat(open("x,y\n1,10\n2,9\n", TableOptions.of("y")).classes()).containsExactly("9", "10");
    }

    /** numpy: {@code x = [1, 2, 3, 4, 100]}; mean 22, population deviation 39.01281840626232. */
    @Test
    void statisticsAreThoseOfTheGivenRows() throws IOException {
        TableData data = open("a,b,y\n1,5,0\n2,5,1\n3,5,0\n4,,1\n100,5,0\n-9999,6,1\n", TableOptions.of("y"));
        TableStatistics s = TableStatistics.of(data, new int[] {0, 1, 2, 3, 4}, 4);
        assertThat(s.mean()[0]).isCloseTo(22, within(1e-12));
        assertThat(s.deviation()[0]).isCloseTo(39.01281840626232, within(1e-12));
        assertThat(s.edges()[0]).containsExactly(1, 2, 3, 4, 100);
        assertThat(s.mean()[1]).isEqualTo(5);
        assertThat(s.deviation()[1]).isEqualTo(1);
        assertThat(s.missing()).containsExactly(0, 1);
        assertThat(s.edges()[1]).containsExactly(5);
    }

    @Test
    void levelsThatTrainingDoesNotSeeAreUnknown() throws IOException {
        TableData data = open(SMALL, TableOptions.of("default"));
        TableData seen = data.seenIn(data.rows(Split.TRAIN));
        assertThat(seen.schema().categories().get(0).levels()).containsExactly("Bonn", "Ulm");
        assertThat(seen.category(0, 0)).isEqualTo(1);
        assertThat(seen.category(2, 0)).isZero();
        assertThat(seen.notices()).singleElement().asString().contains("column 'city' has 1 cell of categories that");
    }

    @Test
    void holdOutIsStratifiedAndTheSameForTheSameSeedInAnyOrder() throws IOException {
        Path file = credit(2000);
        TableOptions options = TableOptions.of("default");
        TableData data = TableData.open(file, options, Progress.NONE);
        TableData held = data.withHoldOut(Split.VALIDATION, 0.25, 3);
        int[] before = data.counts(Split.TRAIN);
        int[] taken = held.counts(Split.VALIDATION);
        for (int c = 0; c < 2; c++) {
            assertThat(taken[c]).isEqualTo((int) Math.round(before[c] * 0.25));
        }
        assertThat(held.rows(Split.TEST)).isEqualTo(data.rows(Split.TEST));
        assertThat(data.withHoldOut(Split.VALIDATION, 0.25, 4).rows(Split.VALIDATION))
                .isNotEqualTo(held.rows(Split.VALIDATION));
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        List<String> rows = new ArrayList<>(lines.subList(1, lines.size()));
        Set<String> expected = new HashSet<>();
        for (int row : held.rows(Split.VALIDATION)) {
            expected.add(rows.get(row));
        }
        Collections.shuffle(rows, new Random(1));
        Path shuffled = folder.resolve("shuffled.csv");
        Files.writeString(shuffled, lines.get(0) + "\n" + String.join("\n", rows) + "\n");
        TableData other = TableData.open(shuffled, options, Progress.NONE);
        assertThat(other.revision()).isEqualTo(data.revision()).isNotEqualTo(held.revision());
        Set<String> found = new HashSet<>();
        for (int row : other.withHoldOut(Split.VALIDATION, 0.25, 3).rows(Split.VALIDATION)) {
            found.add(rows.get(row));
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void groupsAndCopiesStayTogether() throws IOException {
        StringBuilder text = new StringBuilder("x,person,y\n");
        for (int i = 0; i < 400; i++) {
            text.append(i).append(",p").append(i / 4).append(i % 3 == 0 ? ",no\n" : ",yes\n");
        }
        text.append("0,p0,no\n".repeat(3));
        TableData grouped = open(text.toString(), TableOptions.of("y").withGroup("person"));
        assertThat(grouped.schema().names()).containsExactly("x");
        TableData held = grouped.withHoldOut(Split.TEST, 0.2, 1);
        assertThat(held.rows(Split.TEST).length).isBetween(60, 100);
        for (int i = 0; i < 400; i++) {
            assertThat(held.split(i)).isEqualTo(held.split(i / 4 * 4));
        }
        TableData copies = open(text.toString(), TableOptions.of("y").withIgnored(Set.of("person")));
        for (long seed = 0; seed < 20; seed++) {
            TableData parted = copies.withHoldOut(Split.TEST, 0.5, seed);
            assertThat(IntStream.of(400, 401, 402).mapToObj(parted::split)).containsOnly(parted.split(0));
        }
    }

    @Test
    void copiesArePartedWhereMostRowsAreCopies() throws IOException {
        String text = "x,y\n" + "1,no\n2,yes\n1,yes\n".repeat(100);
        TableData held = open(text, TableOptions.of("y")).withHoldOut(Split.TEST, 0.2, 1);
        assertThat(held.counts(Split.TEST)).containsExactly(20, 40);
    }

    @Test
    void batchesDependOnSeedAndEpochAndNumberOnly() throws IOException {
        TableData data = TableData.open(credit(300), TableOptions.of("default"), Progress.NONE);
        TableBatches batches =
                TableBatches.of(data, data.rows(Split.TRAIN), 32).shuffled(5).droppingLast();
        List<int[]> all = new ArrayList<>();
        try (BatchSource.Stream epoch = batches.epoch(2, 0)) {
            while (epoch.hasNext()) {
                try (Batch batch = epoch.next()) {
                    all.add(batch.samples());
                    check(data, batch);
                }
            }
        }
        assertThat(all).hasSize(batches.batches());
        assertThat(all.stream().flatMapToInt(Arrays::stream).distinct().count()).isEqualTo(batches.samples());
        try (BatchSource.Stream epoch = batches.epoch(2, 3);
                Batch batch = epoch.next()) {
            assertThat(batch.samples()).isEqualTo(all.get(3));
        }
        try (BatchSource.Stream epoch = batches.epoch(3, 3);
                Batch batch = epoch.next()) {
            assertThat(batch.samples()).isNotEqualTo(all.get(3));
        }
    }

    private static void check(TableData data, Batch batch) {
        FloatBuffer numbers = batch.array(TableBatches.NUMBERS).bytes().asFloatBuffer();
        assertThat(batch.array(TableBatches.NUMBERS).dims()).containsExactly(batch.size(), 14);
        assertThat(batch.array(TableBatches.CATEGORIES).dims()).containsExactly(batch.size(), 9);
        for (int i = 0; i < batch.size(); i++) {
            int row = batch.samples()[i];
            assertThat(numbers.get(i * 14 + 4)).isEqualTo(data.number(row, 4));
            assertThat(batch.array(TableBatches.CATEGORIES).bytes().getLong((i * 9 + 8) * Long.BYTES))
                    .isEqualTo(data.category(row, 8));
            assertThat(batch.array(Batch.LABELS).bytes().getLong(i * Long.BYTES))
                    .isEqualTo(data.label(row));
            assertThat(batch.array(Batch.TARGETS).bytes().getFloat((i * 2 + data.label(row)) * Float.BYTES))
                    .isEqualTo(1);
        }
    }

    /** A table that does not fit on the heap's share for rows is kept in a file that nobody sees. */
    @Test
    void largeTablesLieInAFile() throws IOException {
        Path file = folder.resolve("large.csv");
        int rows = 700_000;
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("a,b,y\n");
            for (int i = 0; i < rows; i++) {
                out.write(i + "," + (i % 5 == 0 ? "x" : "z") + "," + i % 2 + "\n");
            }
        }
        Path scratch = folder.resolve("scratch");
        TableData data = TableData.open(file, TableOptions.of("y").withScratch(scratch), Progress.NONE);
        try (Stream<Path> left = Files.list(scratch)) {
            assertThat(left).isEmpty();
        }
        assertThat(data.size()).isEqualTo(rows);
        for (int i = 0; i < rows; i += 99_999) {
            assertThat(data.number(i, 0)).isEqualTo(i);
            assertThat(data.category(i, 0)).isEqualTo(i % 5 == 0 ? 1 : 2);
            assertThat(data.label(i)).isEqualTo(i % 2);
        }
    }
}
