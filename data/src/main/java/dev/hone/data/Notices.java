package dev.hone.data;

import java.util.List;

/** The wording of what is reported about a data set: a count, what was done, and the first few names. */
public final class Notices {
    /** So many names are given. */
    public static final int NAMED = 5;

    private Notices() {}

    /** For example "12 files named but missing, left out: a.png, b.png, ... and 10 more". */
    public static String count(List<String> names, String thing, String what) {
        return count(names.size(), names, thing, what);
    }

    /** The same of more than are listed. @param first some of the names */
    public static String count(long all, List<String> first, String thing, String what) {
        int named = Math.min(NAMED, first.size());
        return all + " " + thing + (all == 1 ? "" : "s") + " " + what + ": "
                + String.join(", ", first.subList(0, named))
                + (all > named ? " and " + (all - named) + " more" : "");
    }
}
