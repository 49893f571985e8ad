package dev.hone.data.table;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a cell's text is. */
public final class Cells {
    /** What stands for a number that is not known, in lower case. */
    private static final Set<String> MISSING = Set.of("", "na", "n/a", "nan", "null", "none", "?", "-");

    /** As Java reads numbers, but without its suffixes and hexadecimal ones: "2d" is a word. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    /** "1,5", which is one and a half to one reader, and may be a part of "1,500" to another. */
    private static final Pattern WITH_COMMA = Pattern.compile("[+-]?(\\d+|\\d{1,3}([.,]\\d{3})+),\\d+");

    private Cells() {}

    /** Whether a cell stands for a number that is not known: empty, NA, N/A, NaN, null, none, ? or -. */
    public static boolean isMissing(String cell) {
        return cell.length() <= 4 && MISSING.contains(cell.toLowerCase(Locale.ROOT));
    }

    /** Whether a cell is a finite number of float32, written with a decimal point. */
    public static boolean isNumber(String cell) {
        if (cell.isEmpty() || cell.charAt(0) > '9' || !NUMBER.matcher(cell).matches()) {
            return false;
        }
        return Float.isFinite(Float.parseFloat(cell));
    }

    /** Whether a cell would be a number if its commas were meant as decimal or thousands separators. */
    static boolean hasNumberComma(String cell) {
        return cell.indexOf(',') > 0 && WITH_COMMA.matcher(cell).matches();
    }
}
