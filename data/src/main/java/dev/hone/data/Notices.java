package dev.hone.data;

import java.util.List;

/** The wording of what is reported about a data set: a count, what was done, and the first few names. */
public final class Notices {
    private static final int NAMED = 5;

    private Notices() {}

    /** For example "12 files named but missing, left out: a.png, b.png, ... and 10 more". */
    public static String count(List<String> names, String thing, String what) {
        return names.size() + " " + thing + (names.size() == 1 ? "" : "s") + " " + what + ": "
                + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
    }
}
