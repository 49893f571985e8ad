package dev.hone.jobs.input;

import dev.hone.data.ImageNames;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;

/** What is searched for in folders and by patterns; a file given by its own name is taken whatever it is called. */
public enum FileKind {
    IMAGES("images", "PNG, JPEG, BMP, TIFF", ImageNames::matches),
    TABLES("tables", ".csv", file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".csv"));

    private final String noun;
    private final String forms;
    private final Predicate<Path> names;

    FileKind(String noun, String forms, Predicate<Path> names) {
        this.noun = noun;
        this.forms = forms;
        this.names = names;
    }

    /** In the plural, for messages. */
    public String text() {
        return noun + " (" + forms + ")";
    }

    /** Why files are left out, for messages. */
    String others() {
        return "not " + noun + " by their names (" + forms + ")";
    }

    /** Whether a file is of this kind by its name. */
    public boolean matches(Path file) {
        return names.test(file);
    }
}
