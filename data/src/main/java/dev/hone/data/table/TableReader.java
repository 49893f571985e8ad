package dev.hone.data.table;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.Sha256;
import dev.hone.core.text.Csv;
import dev.hone.core.text.CsvStream;
import dev.hone.core.text.Names;
import dev.hone.core.text.NearestName;
import dev.hone.data.Split;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a table in two passes: the first finds what its columns are, the second keeps its rows. */
final class TableReader {
    private static final String SPLIT = "split";
    private static final int NEWS = 1 << 13;

    private final Path csv;
    private final TableOptions options;
    private final Progress progress;
    private final List<String> notices = new ArrayList<>();

    private TableScan scan;
    private TableSchema schema;
    private int target;
    private int split;
    private int group;

    TableReader(Path csv, TableOptions options, Progress progress) {
        this.csv = csv;
        this.options = options;
        this.progress = progress;
    }

    TableData read() {
        scan = TableScan.of(csv, progress);
        target = target();
        split = scan.header().indexOf(SPLIT);
        group = options.group() == null ? -1 : required(options.group(), "group");
        Set<String> roles = new HashSet<>();
        for (int role : new int[] {target, split, group}) {
            if (role >= 0) {
                roles.add(scan.header().get(role));
            }
        }
        if (options.expected() == null) {
            schema = new ColumnKinds(csv, scan, options, notices).schema(roles);
        } else {
            schema = options.expected();
            ExpectedColumns.require(csv, scan, schema, roles, notices);
        }
        return rows();
    }

    private int target() {
        if (options.target() == null) {
            return -1;
        }
        return options.labelled()
                ? required(options.target(), "target")
                : scan.header().indexOf(options.target());
    }

    private int required(String name, String role) {
        int at = scan.header().indexOf(name);
        if (at < 0) {
            String hint = NearestName.hint(name, scan.header());
            throw new HoneException(csv + ": no column '" + name + "' for the " + role
                    + (hint.isEmpty() ? "; its columns are " + String.join(", ", scan.header()) : hint));
        }
        return at;
    }

    /** The second pass. */
    private TableData rows() {
        List<Column> numbers = schema.numbers();
        List<Column> categories = schema.categories();
        int[] numberAt = positions(numbers);
        int[] categoryAt = positions(categories);
        List<Map<String, Integer>> levels =
                categories.stream().map(c -> index(c.levels(), 1)).toList();
        Map<String, Integer> classes = index(schema.classes(), 0);
        boolean numericTarget = target >= 0 && schema.classes().isEmpty();
        float[] numberCells = new float[numberAt.length];
        int[] categoryCells = new int[categoryAt.length];
        UnknownLevels unknown = new UnknownLevels(categories);
        Split[] splits = new Split[scan.rows()];
        long[] groups = group < 0 ? null : new long[scan.rows()];
        int withoutTarget = 0;
        MessageDigest digest = Sha256.digest();
        progress.started("storing " + csv.getFileName(), scan.rows());
        try (CsvStream stream = CsvStream.open(csv);
                RowStore.Writer store =
                        new RowStore.Writer(numberAt.length, categoryAt.length, scan.rows(), options.scratch())) {
            stream.next();
            int kept = 0;
            int read = 0;
            for (Csv.Row row = stream.next(); row != null; row = stream.next()) {
                if (++read > scan.rows()) {
                    throw changed();
                }
                TableScan.requireWidth(csv, row, scan.header());
                float targetValue = target(row, classes, numericTarget);
                if (options.labelled() && target >= 0 && targetIsMissing(targetValue, numericTarget)) {
                    withoutTarget++;
                    continue;
                }
                for (int i = 0; i < numberAt.length; i++) {
                    String cell = row.cells().get(numberAt[i]).strip();
                    numberCells[i] = Cells.isNumber(cell) ? Float.parseFloat(cell) : Float.NaN;
                }
                for (int i = 0; i < categoryAt.length; i++) {
                    String cell = row.cells().get(categoryAt[i]).strip();
                    Integer level = levels.get(i).get(cell);
                    categoryCells[i] = level == null ? unknown.count(i, cell) : level;
                }
                splits[kept] = split(row);
                if (groups != null) {
                    String cell = row.cells().get(group).strip();
                    groups[kept] = cell.isEmpty() ? 0 : hash(digest, List.of(cell), -1);
                }
                store.add(hash(digest, row.cells(), split), targetValue, numberCells, categoryCells);
                kept++;
                if (read % NEWS == 0) {
                    progress.advanced(read);
                    progress.checkCancelled();
                }
            }
            if (read != scan.rows()) {
                throw changed();
            }
            if (withoutTarget > 0) {
                notices.add(csv.getFileName() + ": " + withoutTarget + " rows without a target left out");
            }
            notices.addAll(unknown.notices(csv));
            return new TableData(
                    csv, schema, store.finish(), Arrays.copyOf(splits, kept), groups, notices, target >= 0);
        } finally {
            progress.finished();
        }
    }

    private HoneException changed() {
        return new HoneException(csv + ": changed while it was read; try again when nothing writes to it");
    }

    private int[] positions(List<Column> columns) {
        return columns.stream().mapToInt(c -> scan.header().indexOf(c.name())).toArray();
    }

    private static Map<String, Integer> index(List<String> texts, int first) {
        Map<String, Integer> index = new HashMap<>();
        for (String text : texts) {
            index.put(text, index.size() + first);
        }
        return index;
    }

    private static boolean targetIsMissing(float value, boolean number) {
        return number ? Float.isNaN(value) : value < 0;
    }

    private float target(Csv.Row row, Map<String, Integer> classes, boolean number) {
        if (target < 0) {
            return -1;
        }
        String cell = row.cells().get(target).strip();
        if (number) {
            return Cells.isNumber(cell) ? Float.parseFloat(cell) : Float.NaN;
        }
        Integer index = classes.get(cell);
        if (index == null && options.expected() != null && !Cells.isMissing(cell)) {
            throw new HoneException(csv + " line " + row.line() + ": class '" + Names.shown(cell) + "' is not among "
                    + schema.classes() + "; rename it or leave the row out");
        }
        return index == null ? -1 : index;
    }

    private Split split(Csv.Row row) {
        if (split < 0) {
            return Split.NONE;
        }
        Split found = Split.named(row.cells().get(split));
        if (found == null) {
            throw new HoneException(csv + " line " + row.line() + ": split '"
                    + Names.shown(row.cells().get(split))
                    + "', expected train, val or test; give the column another name if it says something else");
        }
        return found;
    }

    /** The first 64 bits of the SHA-256 of cells, but for one of them; never 0. */
    private static long hash(MessageDigest digest, List<String> cells, int except) {
        for (int i = 0; i < cells.size(); i++) {
            if (i != except) {
                digest.update(cells.get(i).strip().getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
        }
        long hash = ByteBuffer.wrap(digest.digest()).getLong();
        return hash == 0 ? 1 : hash;
    }
}
