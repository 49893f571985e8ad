package dev.hone.jobs.input;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.regex.PatternSyntaxException;

/** One name of a path that may be a pattern: {@code *}, {@code ?}, {@code [a-z]}, <code>{png,jpg}</code>, {@code **}. */
final class FilePattern {
    /** Matches any number of folders, also none. */
    static final String ANY_DEPTH = "**";

    private final String text;
    private final PathMatcher matcher;

    private FilePattern(String text, PathMatcher matcher) {
        this.text = text;
        this.matcher = matcher;
    }

    static boolean isPattern(String name) {
        return name.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
    }

    /** Null if the text is no valid pattern: then it is only a name. */
    static FilePattern of(String text) {
        try {
            return new FilePattern(text, FileSystems.getDefault().getPathMatcher("glob:" + text));
        } catch (PatternSyntaxException e) {
            return null;
        }
    }

    /** As in shells, a pattern matches hidden names only if it begins with a dot itself. */
    boolean matches(String name) {
        return (text.startsWith(".") || !name.startsWith(".")) && matcher.matches(Path.of(name));
    }
}
