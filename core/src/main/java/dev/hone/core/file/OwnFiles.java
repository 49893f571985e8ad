package dev.hone.core.file;

/** Names of files that Hone puts beside outputs while it writes them, and marks folders with: nobody's data. */
public final class OwnFiles {
    /** How they all begin. */
    public static final String PREFIX = ".hone-";

    private OwnFiles() {}

    /** Whether a file of that name is Hone's own. */
    public static boolean isOwn(String name) {
        return name.startsWith(PREFIX);
    }
}
